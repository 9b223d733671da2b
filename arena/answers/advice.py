"""What an operator can do about an answer that failed, by what was said and not by the kind of the error.

Servers say the same in many words; the tables here hold patterns of them, and what then helps.
"""

import re
from dataclasses import dataclass
from typing import Any

from arena.backends.base import BackendError, PromptTooLong, Unavailable
from arena.models import LanguageModel

#: Nothing was sent. {text}: our own sentence, which says what is wrong.
_UNSENT = (
    (r"^the option '|^unknown options ", "Nothing was sent. Correct [entry.options]: {text}."),
    (r"the environment variable (\w+)", "Nothing was sent. Set {0} in the environment of this command and of the "
     "arena, whose worker `remote` asks the server, and start the arena again."),
    (r"ARENA_REMOTE_HOSTS", "Nothing was sent. Set ARENA_REMOTE_HOSTS and start the arena again: {text}."),
    (r"a key is not sent over plain http", "Nothing was sent: {text}."),
)  # fmt: skip
#: What came was no report of the server's.
_UNSAID = (
    (r"does not list the model", "The server has no model {model!r}: take one that it lists as the option `model`."),
    (r"certificate[ _]verify[ _]failed",
     "The certificate of {address} is refused: this machine must trust who signed it."),
    (r"wrong_version_number|record layer failure|http_request",
     "The server does not speak TLS there: base_url begins with http://, or names another port."),
    (r"RemoteProtocolError|ReadError",
     "What listens at {address} hangs up: is it the model server's port, and is it http or https?"),
    (r"said nothing for",
     "The server took the request and said nothing: it may load the model still; give it more `read_seconds`."),
    (r"no whole answer within",
     "The answer takes too long: give it more `answer_seconds`, or a smaller max_new_tokens."),
    (r"no chat completion|is not JSON|no JSON object|not UTF-8|holds no finished answer",
     "What answers at {address} is no chat completion: base_url ends in /v1 at most servers."),
    (r"said nothing.*ended by 'length'",
     "The model used up its tokens before its first word: raise max_new_tokens or the option `max_thinking_tokens`, or "
     'set `thinking` to "off" or "low".'),
    (r"said nothing", "The model said nothing: look in the server's log, or try another prompt."),
)  # fmt: skip
#: What servers report, the special before the general.
_REPORTED = (
    (r"answered 402|insufficient[ _](quota|credit|balance|funds)|billing|exceeded your current quota",
     "The account at the server has no credit left: fill it up there."),
    (r"answered 429|rate[ _-]?limit",
     "The server takes no more requests for now: wait, or ask its operator for a higher limit."),
    (r"answered 40[13]|(invalid|incorrect|wrong|missing|no) api[ _-]?key|api[ _-]key not",
     "{key}"),
    (r"(models?|deployment)\b.{0,120}?(not (found|exist|available)|does(n't| not) exist|unknown)|model_not_found"
     r"|(unknown|no such|invalid|find|a valid) model\b",
     "The server does not know the model {model!r}: correct the option `model`, to the letter."),
    (r"system[ '\"`]*(role|message|prompt|instruction).{0,40}(not|un)[ -]?(supported|allowed|enabled)"
     r"|only user and assistant roles|roles must alternate",
     'The model knows no system prompt: set the option `system = "fold"`, or leave the system prompt away.'),
    (r"max(?:imum)?[ _]context[ _]length\D{0,20}?(\d+)",
     "The server's window holds {0} tokens: set the entry's context_tokens = {0}, and a max_new_tokens that leaves "
     "room for a prompt."),
    (r"max_(?:completion_)?tokens.*?(?:at most|less than or equal to|maximum (?:is|of|value)|up to|<=)\D{0,20}?(\d+)",
     "The server writes at most {0} tokens: lower the entry's max_new_tokens."),
    (r"max_(completion_)?tokens.*?(too (large|high|many)|exceed|larger than|greater than)",
     "The server writes no answers of that length: lower the entry's max_new_tokens."),
)  # fmt: skip
_REPORTED_AT_LAST = (
    (r"answered 3\d\d", "The server sends elsewhere: base_url must be the final address, such as https and not http."),
    (r"answered 40[45]", "There is no {address}/chat/completions: base_url ends in /v1 at most servers."),
    (r"answered (502|503|504|529)|loading model|overloaded",
     "The server runs and cannot answer yet: wait until it has loaded the model, or has less to do."),
    (r"answered 5\d\d", "The server itself broke: its log says where."),
    (r"answered",
     "The server does not take the request as it is, and says why: what it does not know goes into "
     "`leave_out` and `limit_name`, what it lacks into `body`."),
    (r"", "The server broke the answer off, and says why; test it again."),
)  # fmt: skip
#: Words with which a server refuses a parameter, and the keys that an entry's option `thinking` sends.
_REFUSES = (
    r"unsupported|not supported|does(n't| not) support|unknown|unrecogni[sz]ed|unexpected|not (allowed|permitted|valid)"
    r"|cannot (both )?be|only the default|extra (input|field)|forbidden|invalid|must be"
)
_THINKING_KEYS = ("reasoning_effort", "chat_template_kwargs", "enable_thinking", "thinking", "reasoning")
_LIMITS = ("max_tokens", "max_completion_tokens")
_MAY_BE_LEFT_OUT = ("temperature", "top_p", "seed", "stream_options")


def advice(entry: LanguageModel, error: BackendError) -> str:
    """Return what the operator can do about the error, as a sentence or two."""
    if entry.backend == "recorded":
        return "This entry only replays answers that were recorded with their prompts: there is nothing to test."
    if entry.backend == "openai" and (found := _Said(entry, str(error)).advice()):
        return found
    if isinstance(error, PromptTooLong):
        return "The prompt and the room for an answer do not fit into the entry's window: shorten the prompt."
    if not isinstance(error, Unavailable):
        return "The model broke while it wrote: the log of its worker says where."
    if entry.weights:
        return f"The weights {entry.weights!r} cannot be used as they are. On the machine of their worker: {error}."
    address = entry.options.get("base_url", "the address in its options")
    return f"The model server does not answer: check that it runs at {address} and that ARENA_REMOTE_HOSTS names it."


@dataclass(frozen=True)
class _Said:
    """The text of an error about an entry behind a server."""

    entry: LanguageModel
    text: str

    def advice(self) -> str:
        """Return what helps, "" where nothing in the text tells."""
        if not self._has(r"the server answered \d{3}|reports an error in its stream"):
            return self._first(_UNSENT) or self._first(_UNSAID)
        return self._first(_REPORTED) or self._of_a_parameter() or self._first(_REPORTED_AT_LAST)

    def _first(self, table: tuple[tuple[str, str], ...]) -> str:
        for pattern, helps in table:
            if found := self._has(pattern):
                address, model = self._option("base_url"), self._option("model")
                return helps.format(*found.groups(), text=self.text, address=address, model=model, key=self._key())
        return ""

    def _of_a_parameter(self) -> str:
        """Return what helps where the server refuses a part of the request."""
        if not self._has(_REFUSES):
            return ""
        return self._of_the_limit() or self._of_its_own() or self._of_the_usual()

    def _of_the_limit(self) -> str:
        used = self._option("limit_name") or _LIMITS[0]
        other = next(name for name in _LIMITS if name != used)
        if used not in self._named(_LIMITS):
            return ""
        return f'The server has another name for the limit of an answer: set the option `limit_name = "{other}"`.'

    def _of_its_own(self) -> str:
        """Return what helps where it refuses what the entry's options add."""
        if named := self._named(tuple(self._option("body") or ())):
            return f"The server refuses {named[0]!r}: correct it in the option `body`."
        if self._option("stops") and self._named(("stop",)):
            return "The server refuses 'stop': correct the option `stops`."
        if self._option("thinking") and (named := self._named(_THINKING_KEYS)):
            return (
                f"The server refuses {named[0]!r}: set `thinking_as` to a key that it knows, or take `thinking` away."
            )
        return ""

    def _of_the_usual(self) -> str:
        if not (named := self._named(_MAY_BE_LEFT_OUT)):
            return ""
        # Of two that do not go together one may stay: the temperature, by which entries differ.
        are_two = len(named) > 1 and self._has("both")
        refused = [name for name in named if name != "temperature"] if are_two else named[:1]
        listed = ", ".join(f'"{name}"' for name in dict.fromkeys([*(self._option("leave_out") or ()), *refused]))
        return f"The server refuses {' and '.join(refused)}: set the option `leave_out = [{listed}]`."

    def _key(self) -> str:
        variables = [self._option("api_key_env"), *(self._option("headers_env") or {}).values()]
        if names := " and ".join(filter(None, variables)):
            return f"The server refuses the key in {names}: set another one, and start the arena again."
        return "The server wants a key: name the variable that holds it, in the option `api_key_env`."

    def _option(self, name: str) -> Any:
        return self.entry.options.get(name)

    def _has(self, pattern: str) -> re.Match[str] | None:
        return re.search(pattern, self.text, re.IGNORECASE | re.DOTALL)

    def _named(self, keys: tuple[str, ...]) -> list[str]:
        """Return those of the keys that the text names, in the order of the text."""
        if not keys:
            return []
        any_key = "|".join(map(re.escape, sorted(keys, key=len, reverse=True)))
        return list(dict.fromkeys(re.findall(rf"(?<![\w-])(?:{any_key})(?![\w-])", self.text)))
