"""Answers that models gave elsewhere: AlpacaEval's outputs, MT-bench's and Arena-Hard's model_answer, and tables.

One file may hold several models. A row with a null comes with its reason, and the others follow.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from arena.formats import alpaca_eval
from arena.formats.alpaca_eval import RecordedRow, WholeFile
from arena.formats.cells import MAX_NAME
from arena.formats.json_list import MAX_FILE_BYTES
from arena.formats.prompt_shapes import topic
from arena.formats.refusals import MalformedFile, RefusedRow, Unusable
from arena.formats.tables import Table
from ratings.vocabulary import fields

#: What `--mapping` can name, with the names that files have for it.
_NAMES = {
    "prompt": ("prompt", "instruction", "question"),
    "answer": ("answer", "response", "output", "completion"),
    "model": ("model", "generator", "model_id"),
}
FIELDS = (*_NAMES, "topic")
_ALPACA_EVAL = frozenset({"instruction", "generator"})
Part = Callable[[dict[str, Any]], Any]


def read(
    path: Path,
    *,
    columns: Mapping[str, str] | None = None,
    model: str = "",
    questions: Mapping[str, str] | None = None,
) -> Iterator[RecordedRow | RefusedRow]:
    """Return the answers of the file, an exact repetition once; a row that cannot be used comes as the reason.

    columns: by FIELDS, where the file calls them otherwise. model: who answered, where the rows do not say it.
    questions: prompts by question_id, for files that have the answers alone.
    Raises MalformedFile, maybe after many good rows: use none of them before the end is reached.
    """
    table = Table(path)
    if table.names >= _ALPACA_EVAL and table.is_json_list and not columns and not model:
        return alpaca_eval.read(path)
    return _rows(path, table, columns or {}, model, questions or {})


def _rows(
    path: Path, table: Table, columns: Mapping[str, str], model: str, questions: Mapping[str, str]
) -> Iterator[RecordedRow | RefusedRow]:
    parts = _parts(table, columns, model, questions)
    whole, characters = WholeFile(path), 0
    for number, row in table.rows(table.names):
        if isinstance(row, str):
            yield RefusedRow(number, row)
            continue
        try:
            answer = _answer(number, row, parts)
        except Unusable as reason:
            yield RefusedRow(number, str(reason))
            continue
        characters += len(answer.output)
        if characters > MAX_FILE_BYTES:
            raise MalformedFile(path, number, f"its answers have more than {MAX_FILE_BYTES:,} characters")
        if whole.is_new(answer):
            yield answer


def _answer(number: int, row: dict[str, Any], parts: Mapping[str, Part]) -> RecordedRow:
    try:
        values = {name: part(row) for name, part in parts.items()}
    except (KeyError, IndexError, TypeError, AttributeError):
        raise Unusable("it has not the shape of the others") from None
    return RecordedRow(
        instruction=alpaca_eval.filled_text(values, "prompt"),
        output=alpaca_eval.text(values, "answer"),
        generator=alpaca_eval.filled_text(values, "model", most=MAX_NAME),
        dataset=topic({"topic": values.get("topic")} if "topic" in values else row),
        row=number,
    )


def _parts(table: Table, columns: Mapping[str, str], model: str, questions: Mapping[str, str]) -> dict[str, Part]:
    """Return by what is needed of an answer the function that finds it in a row. Raises MalformedFile."""
    known = fields(table.names)
    parts: dict[str, Part] = {}
    if "choices" in known:
        parts = {"answer": _first_choice, "prompt": _question(questions)} if questions else {"answer": _first_choice}
    elif "messages" in known:
        parts = {"prompt": _said_by("user"), "answer": _said_by("assistant")}
    for name, others in _NAMES.items():
        column = columns.get(name) or next((known[other] for other in others if other in known), None)
        if column in table.names and (name not in parts or name in columns):
            parts[name] = _cell(str(column))
    if model:
        parts["model"] = lambda row: model
    if "topic" in columns:
        parts["topic"] = _cell(columns["topic"])
    _refuse_what_lacks(table, parts, columns)
    return parts


def _refuse_what_lacks(table: Table, parts: Mapping[str, Part], columns: Mapping[str, str]) -> None:
    absent = [column for column in columns.values() if column not in table.names]
    missing = absent or [name for name in _NAMES if name not in parts]
    if missing:
        ways = {"model": "--model says who answered", "prompt": "--questions FILE has the prompts by question_id"}
        way = ways.get(missing[0], "")
        hint = ". ".join(filter(None, (way, 'say what its columns are with --mapping "answer=COLUMN"')))
        has = ", ".join(map(repr, sorted(table.names)[:20]))
        raise MalformedFile(table.path, None, f"it does not say its {missing[0]}; it has {has}. {hint}")


def _cell(column: str) -> Part:
    return lambda row: row[column]


def _question(questions: Mapping[str, str]) -> Part:
    def prompt(row: dict[str, Any]) -> str:
        id = str(row["question_id"])
        if id not in questions:
            raise Unusable(f"no question has the question_id {id!r:.60}")
        return questions[id]

    return prompt


def _first_choice(row: dict[str, Any]) -> Any:
    """Return the first turn of the first choice; Arena-Hard has an object in place of the text."""
    turn = row["choices"][0]["turns"][0]
    return turn["content"] if isinstance(turn, dict) else turn


def _said_by(role: str) -> Part:
    def content(row: dict[str, Any]) -> Any:
        said = next(message["content"] for message in row["messages"] or () if message.get("role") == role)
        return said.get("answer") if isinstance(said, dict) else said

    def checked(row: dict[str, Any]) -> Any:
        try:
            return content(row)
        except StopIteration:
            raise Unusable(f"its messages have none of the {role}") from None

    return checked


def read_questions(path: Path) -> dict[str, str]:
    """Return the first turns of MT-bench's or Arena-Hard's questions by question_id. Raises MalformedFile."""
    table = Table(path)
    rows = [row for _, row in table.rows(table.names) if isinstance(row, dict)]
    found = {str(row.get("question_id") or row.get("uid")): _asked(row) for row in rows}
    questions = {id: text for id, text in found.items() if isinstance(text, str)}
    if not questions:
        raise MalformedFile(path, None, "it has no question with a question_id and turns")
    return questions


def _asked(row: dict[str, Any]) -> Any:
    turns = row.get("turns")
    first = turns[0] if isinstance(turns, list) and turns else row.get("prompt")
    return first.get("content") if isinstance(first, dict) else first
