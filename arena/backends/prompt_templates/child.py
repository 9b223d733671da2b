"""A process of its own for templates that came with weights: it may hang, swell or crash, and no one else does.

The kernel ends it, so no template can keep it from that: by timers after a second of its processor's time, or ten
of anyone's, and by a limit of its memory. The next text is written by another one. It reads one request a line from
its parent, answers each with one line, and ends when the parent does.
"""

import atexit
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import IO, Any

from arena.backends.base import Message, Unavailable
from arena.backends.prompt_templates.rendering import ChatTemplate, compiled, rendered

SECONDS = 1.0
#: The processor may have others to serve too.
SECONDS_BY_THE_CLOCK = 10.0
MEGABYTES = 256
#: More than any template writes besides what was said; what is longer would keep the tokenizer busy.
LONGEST_BESIDES = 1_000_000


class OverLimit(Unavailable):
    """The template took all the time or memory there is, and its process with it."""


class RenderingProcess:
    """Writes texts in another process, one at a time, for any number of threads."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew, and leave the process that there may be to whoever has it too."""
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def rendered(
        self,
        jinja: str,
        messages: Sequence[Message],
        names: Mapping[str, str],
        *,
        options: Mapping[str, Any] | None = None,
        now: datetime | None = None,
    ) -> str:
        """Return what `rendering.rendered` would. Raises Unavailable, and OverLimit where a limit ended it."""
        request = {
            "jinja": jinja,
            "messages": [asdict(message) for message in messages],
            "names": dict(names),
            "options": dict(options or {}),
            "now": now.isoformat() if now else None,
        }
        line = json.dumps(request).encode() + b"\n"
        with self._lock:
            reply = self._exchange(line)
        if "refusal" in reply:
            raise Unavailable(reply["refusal"])
        return str(reply["text"])

    def close(self) -> None:
        """End the process, if there is one. The next text starts another."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]

    def _exchange(self, line: bytes) -> dict[str, Any]:
        process = self._running()
        assert process.stdin
        assert process.stdout
        try:
            with suppress(BrokenPipeError):
                process.stdin.write(line)
                process.stdin.flush()
            if (reply := process.stdout.readline()).endswith(b"\n"):
                return dict(json.loads(reply))
        except BaseException:
            self.close()  # its reply would be taken for the next one's
            raise
        reason = _reason(process.wait())
        self.close()
        raise OverLimit(f"the chat template {reason}")

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # None of the arena's secrets. It has a session of its own, as Ctrl-C is for its parent only.
                env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                start_new_session=True,
            )
        return self._process


#: One for the whole process. A copy made by fork must not read what the other one asked for.
RENDERING = RenderingProcess()
os.register_at_fork(after_in_child=RENDERING.forget)
atexit.register(RENDERING.close)


def serve(requests: Iterable[bytes], replies: IO[bytes]) -> None:
    """Answer requests until there are no more. For a process that does nothing else."""
    for each in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(each, signal.SIG_DFL)  # whoever started us may have had them ignored
    with suppress(ValueError, OSError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES * 2**20,) * 2)
    for line in requests:
        _limit_time(SECONDS, SECONDS_BY_THE_CLOCK)
        reply = json.dumps(_reply(json.loads(line))).encode()
        _limit_time(0, 0)
        replies.write(reply + b"\n")
        replies.flush()


def _limit_time(seconds: float, by_the_clock: float) -> None:
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, by_the_clock)


def _reply(request: dict[str, Any]) -> dict[str, str]:
    messages = [Message(**message) for message in request["messages"]]
    now = datetime.fromisoformat(request["now"]) if request["now"] else None
    try:
        template = _compiled(request["jinja"])
        text = rendered(template, messages, request["names"], options=request["options"], now=now)
    except Unavailable as error:
        return {"refusal": str(error)}
    if not _is_text(text):
        return {"refusal": "the chat template writes half a letter"}
    if len(text) > LONGEST_BESIDES + sum(len(message.content) for message in messages):
        return {"refusal": f"the chat template writes a text of {len(text):,} characters"}
    return {"text": text}


def _is_text(text: str) -> bool:
    """Return whether a tokenizer can read it: half of a surrogate pair is no letter."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=32)
def _compiled(jinja: str) -> ChatTemplate:
    return compiled(jinja)


def _reason(code: int) -> str:
    match -code:
        case signal.SIGPROF:
            return f"was still busy after {SECONDS:.0f} s"
        case signal.SIGALRM:
            return f"was not done after {SECONDS_BY_THE_CLOCK:.0f} s"
    return f"broke the process that renders it ({code})"


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
