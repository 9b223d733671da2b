"""The import of answers that models gave elsewhere: an entry for each, their prompts and their answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils.text import slugify

from arena.entries.aliases import UnknownEntry, store_aliases
from arena.formats.alpaca_eval import RecordedRow
from arena.formats.answer_files import read, read_questions
from arena.formats.prompt_files import is_alpaca_evals
from arena.formats.refusals import MalformedFile, RefusedRow
from arena.models import LanguageModel, Prompt, PromptSet, RecordedAnswer
from arena.models.catalog import Kind, State, folded
from arena.models.prompts import prompt_key

Progress = Callable[[int, int], object]
BATCH = 400

_LLAMA_1 = "Non-commercial (LLaMA licence)"
_LLAMA_2 = "Llama 2 Community License"

#: generator: (organisation, licence of the weights)
KNOWN_GENERATORS = {
    "alpaca-7b": ("Stanford", "CC BY-NC 4.0 weight difference, LLaMA licence for the base"),
    "falcon-7b-instruct": ("TII", "Apache-2.0"),
    "gpt4": ("OpenAI", "Proprietary"),
    "guanaco-7b": ("University of Washington", "Apache-2.0 adapter, LLaMA licence for the base"),
    "llama-2-7b-chat-hf": ("Meta", _LLAMA_2),
    "llama-2-13b-chat-hf": ("Meta", _LLAMA_2),
    "llama-2-70b-chat-hf": ("Meta", _LLAMA_2),
    "text_davinci_003": ("OpenAI", "Proprietary"),
    "vicuna-7b": ("LMSYS", _LLAMA_1),
    "vicuna-13b": ("LMSYS", _LLAMA_1),
    "vicuna-33b-v1.3": ("LMSYS", _LLAMA_1),
    "zephyr-7b-beta": ("Hugging Face", "MIT"),
}


class ChangedAnswer(MalformedFile):
    """An answer that is another one in an earlier file. Recorded answers are facts: nothing is replaced."""


class UnnamedAnswers(ValueError):
    """Prompts of no public set that is known, of which the name or the licence was not given."""


@dataclass(frozen=True)
class ImportedAnswers:
    """The outcome of one file: its answers in all, and how many of them and of its prompts are new.

    generator: the models, by their names in the file; rejected: the rows that are no answers.
    """

    generator: str
    answers: int
    new_answers: int
    new_prompts: int
    rejected: tuple[RefusedRow, ...] = ()


def import_answers(
    path: Path,
    *,
    name: str = "",
    licence: str = "",
    columns: Mapping[str, str] | None = None,
    model: str = "",
    questions: Path | None = None,
    aliases: Mapping[str, str] | None = None,
    on_progress: Progress = lambda done, of: None,
) -> ImportedAnswers:
    """Import the answers of one file that can be used, all or none of them; the same again changes nothing.

    name, licence: of the set of prompts; AlpacaEval's outputs have theirs. columns, model: see answer_files.read; the
    columns are remembered for the set. questions: the file of MT-bench's or Arena-Hard's questions that are answered.
    aliases: slugs by the names that the file has for them, which are stored.
    on_progress: gets the number of rows imported since the last call, and of rows in the file.
    Raises MalformedFile, ChangedAnswer, UnnamedAnswers, UnknownEntry.
    """
    # Read to its end before the transaction: nobody else writes to SQLite while that is open.
    asked = read_questions(questions) if questions else None
    columns = dict(columns or PromptSet.objects.mapping_of(name))
    read_rows = tuple(read(path, columns=columns, model=model, questions=asked))
    rows = [row for row in read_rows if isinstance(row, RecordedRow)]
    rejected = tuple(row for row in read_rows if isinstance(row, RefusedRow))
    if not rows:
        raise MalformedFile(path, rejected[0].row if rejected else None, rejected[0].reason if rejected else "no rows")
    values = _set_values(path, rows, name, licence)
    new_prompts = new_answers = 0
    by_model: dict[str, list[RecordedRow]] = {}
    for row in rows:
        by_model.setdefault(row.generator, []).append(row)
    with transaction.atomic():
        prompt_set = _locked_set(values, columns)
        store_aliases(aliases or {})
        for generator, own in by_model.items():
            entry = _told(generator, aliases or {}) or _entry(generator)
            for start in range(0, len(own), BATCH):
                batch = own[start : start + BATCH]
                prompts, added = _prompts(prompt_set, batch)
                new_prompts += added
                new_answers += _add_answers(entry, batch, prompts=prompts, path=path)
                on_progress(len(batch), len(rows))
    return ImportedAnswers(", ".join(by_model), len(rows), new_answers, new_prompts, rejected)


def _set_values(path: Path, rows: Sequence[RecordedRow], name: str, licence: str) -> dict[str, str]:
    """Return the name and licence of the file's prompts. Raises UnnamedAnswers."""
    is_alpaca_eval = all(is_alpaca_evals(row.instruction, row.dataset) for row in rows)
    own = ("AlpacaEval", "CC BY-NC 4.0") if is_alpaca_eval else ("", "")
    name, licence = name or own[0], licence or own[1]
    if not name or not licence:
        missing = [option for option, value in (("--name", name), ("--licence", licence)) if not value]
        raise UnnamedAnswers(f"{path.name} does not say whose prompts it answers: add {' and '.join(missing)}")
    return {"name": name, "licence": licence}


def _locked_set(values: Mapping[str, str], columns: dict[str, str]) -> PromptSet:
    """Return the set of these prompts, which remembers the columns, locked until the transaction ends."""
    # Two imports at once would add the same prompts.
    slug = "alpaca-eval" if values["name"] == "AlpacaEval" else slugify(values["name"])[:100] or "answers"
    defaults = {**values, "is_recorded": True, "mapping": columns}
    prompt_set, is_new = PromptSet.objects.select_for_update().get_or_create(slug=slug, defaults=defaults)
    if not is_new and prompt_set.mapping != columns:
        PromptSet.objects.filter(pk=prompt_set.pk).update(mapping=columns)
    return prompt_set


def _told(generator: str, aliases: Mapping[str, str]) -> LanguageModel | None:
    """Return the entry that an alias gives the name; None where no alias does. Raises UnknownEntry for a live one."""
    told = {folded(name): slug for name, slug in aliases.items()}
    if (slug := told.get(folded(generator))) is None:
        return None
    if (entry := _entry_of_this_name(generator)) is None:
        raise UnknownEntry(f"{slug!r} answers live: what it wrote elsewhere is an entry of its own")
    return entry


def _entry(generator: str) -> LanguageModel:
    """Return the entry whose recorded answers these are; a new one where there is none."""
    # By the generator first, since an operator may have renamed the entry.
    recorded = LanguageModel.objects.filter(kind=Kind.RECORDED, options__generator=generator).first()
    return recorded or _entry_of_this_name(generator) or _add_entry(generator)


def _entry_of_this_name(generator: str) -> LanguageModel | None:
    """Return the entry that goes by the generator's name and does not answer live, or None.

    One that only has imported votes becomes one with recorded answers: both are of the same model.
    """
    pk = LanguageModel.objects.by_any_name().get(generator)
    entry = LanguageModel.objects.filter(pk=pk, kind__in=(Kind.RECORDED, Kind.IMPORTED)).first() if pk else None
    if entry is not None and entry.kind == Kind.IMPORTED:
        entry.kind, entry.state, entry.backend = Kind.RECORDED, State.ACTIVE, "recorded"
        entry.options = {"generator": generator}
        entry.save(update_fields=["kind", "state", "backend", "options"])
    return entry


def _add_entry(generator: str) -> LanguageModel:
    organisation, licence = KNOWN_GENERATORS.get(generator, ("", ""))
    names = LanguageModel.objects.by_any_name()
    # What a model wrote elsewhere is another competitor than the same model live, and no name may mean both.
    is_taken = names.get(generator) is not None or names.is_ambiguous(generator)
    return LanguageModel.objects.create(
        slug=LanguageModel.objects.free_slug(generator, nameless="recorded"),
        display_name=f"{generator[:89]} (recorded)" if is_taken else generator,
        organisation=organisation,
        licence=licence,
        kind=Kind.RECORDED,
        backend="recorded",
        options={"generator": generator},
    )


def _prompts(prompt_set: PromptSet, rows: Sequence[RecordedRow]) -> tuple[dict[str, Prompt], int]:
    """Return the prompts of these rows by instruction, and how many were not known before."""
    by_key = {prompt_key(row.instruction): row for row in rows}
    known = {prompt.key: prompt for prompt in prompt_set.prompts.filter(key__in=by_key)}
    missing = [
        Prompt(set=prompt_set, key=key, text=row.instruction, topic=row.dataset)
        for key, row in by_key.items()
        if key not in known
    ]
    added = Prompt.objects.bulk_create(missing)
    return {prompt.text: prompt for prompt in (*known.values(), *added)}, len(added)


def _add_answers(
    entry: LanguageModel,
    rows: Sequence[RecordedRow],
    *,
    prompts: dict[str, Prompt],
    path: Path,
) -> int:
    """Store the answers, and return how many were not known before. Raises ChangedAnswer."""
    earlier = RecordedAnswer.objects.filter(model=entry, prompt__in=prompts.values())
    known = dict(earlier.values_list("prompt_id", "text"))
    new = []
    for row in rows:
        prompt = prompts[row.instruction]
        if known.get(prompt.pk, row.output) != row.output:
            reason = f"{entry} gave another answer to this instruction in an earlier import"
            raise ChangedAnswer(path, row.row, reason)
        if prompt.pk not in known:
            new.append(RecordedAnswer(model=entry, prompt=prompt, text=row.output))
    return len(RecordedAnswer.objects.bulk_create(new))
