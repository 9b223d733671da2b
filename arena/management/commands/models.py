"""`manage.py models` lists who competes and lets an operator change it. Nothing of it needs a restart."""

import difflib
import os
import unicodedata
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from django.utils import timezone

from arena.answers import breakers
from arena.answers.advice import advice
from arena.answers.test_run import DEFAULT_PROMPT, run_test
from arena.backends import backend
from arena.backends.base import BackendError
from arena.entries.add import FailedTrial, add_entries
from arena.entries.catalog import CatalogError
from arena.entries.merge import CannotMerge, merge_entries, undo_merge
from arena.entries.states import mend_entries, pause_entry, resume_entry, retire_entry
from arena.models import Battle, LanguageModel
from arena.models.audit import Action
from arena.models.catalog import PublicState, State
from arena.people.audit import record
from arena.queues import QueueUnavailable, host_queue, served
from arena.scoring.publish import publish_leaderboard
from arena.supervisor import programs

HEADINGS = ("SLUG", "NAME", "KIND", "BACKEND", "WEIGHTS", "STATE", "BATTLES", "QUEUE", "SERVED BY")
#: What each verb calls, and what is said where it changed something.
CHANGES: dict[str, tuple[Callable[[LanguageModel], bool], str]] = {
    "pause": (pause_entry, "paused: it is drawn no more; battles that it is in go on"),
    "resume": (resume_entry, "active: it is drawn again"),
    "retire": (retire_entry, "retired: it is drawn no more; its battles and its rating stay"),
}


class Command(BaseCommand):
    help = "List the entries; or add, test, pause, resume, retire or merge some."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(
            dest="verb", title="verbs", metavar="list|add|test|pause|resume|retire|merge|unmerge"
        )
        verbs.add_parser("list", help="list every entry, and the workers that serve it (default)")
        add = verbs.add_parser("add", help="add the entries of a catalogue file, for good")
        add.add_argument("file", type=Path)
        test = verbs.add_parser("test", help="stream one answer in this process and time it")
        test.add_argument("slug")
        test.add_argument("--prompt", default=DEFAULT_PROMPT)
        merge = verbs.add_parser("merge", help="count the votes of an entry as those of another: both are one model")
        merge.add_argument("slug")
        merge.add_argument("into", choices=["into", "INTO"], metavar="into")
        merge.add_argument("other")
        verbs.add_parser("unmerge", help="undo that").add_argument("slug")
        for verb in CHANGES:
            verbs.add_parser(verb, help=f"{verb} entries").add_argument("slugs", nargs="+", metavar="slug")

    def handle(self, *args: Any, verb: str | None, **options: Any) -> None:
        if verb == "add":
            self._add(options["file"])
        elif verb == "test":
            self._test(_entry(options["slug"]), options["prompt"])
        elif verb == "merge":
            self._merge(_entry(options["slug"]), _entry(options["other"]))
        elif verb == "unmerge":
            self._unmerge(_entry(options["slug"]))
        elif verb in CHANGES:
            self._change(verb, [_entry(slug) for slug in options["slugs"]])
        else:
            self._list()

    def _list(self) -> None:
        nodes, battles = self._served(), _battles()
        entries = list(LanguageModel.objects.order_by("kind", "slug"))
        resting = breakers.resting([entry.pk for entry in entries])
        rows = [_row(entry, battles[entry.pk], nodes, is_resting=entry.pk in resting) for entry in entries]
        widths = [max(map(_width, column)) for column in zip(HEADINGS, *rows, strict=True)]
        for row in (HEADINGS, *rows):
            cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())
        for entry in entries:
            if entry.state == State.BROKEN:
                self.stdout.write(f"{entry.slug} is broken: {entry.broken_because}")

    def _add(self, file: Path) -> None:
        try:
            entries = add_entries(file, settings.VAR / "catalog", on_trial=self._announce_trial)
        except (CatalogError, OSError) as error:
            raise CommandError(str(error)) from error
        nodes = self._served()
        for added in entries:
            if added.failed:
                self._say_what_failed(added.entry, added.failed, file)
            else:
                self._say_that_it_competes(added.entry, nodes)

    def _merge(self, entry: LanguageModel, into: LanguageModel) -> None:
        try:
            moved = merge_entries(entry, into, by="models merge", now=timezone.now())
        except CannotMerge as refusal:
            raise CommandError(str(refusal)) from None
        record(None, Action.ENTRY_CHANGED, entry.slug, change=f"merge into {into.slug}")
        self.stdout.write(f"{moved:,} votes of {entry.slug} are {into.slug}'s, which has its names too")
        if kept := _kept(entry):
            self.stdout.write(f"{kept} stay {entry.slug}'s")
        self._publish(f"To undo it: python manage.py models unmerge {entry.slug}")

    def _unmerge(self, entry: LanguageModel) -> None:
        try:
            given = undo_merge(entry, by="models unmerge", now=timezone.now())
        except CannotMerge as refusal:
            raise CommandError(str(refusal)) from None
        record(None, Action.ENTRY_CHANGED, entry.slug, change="unmerge")
        self.stdout.write(f"{given:,} votes are {entry.slug}'s again")
        self._publish("")

    def _publish(self, then: str) -> None:
        publish_leaderboard(now=timezone.now())
        self.stdout.write(f"All boards are computed anew. {then}".strip())

    def _announce_trial(self, slug: str) -> None:
        self.stderr.write(f"Asking the server of {slug} for one answer.")

    def _say_that_it_competes(self, entry: LanguageModel, nodes: dict[str, list[str]]) -> None:
        # A battle with an entry that nobody serves would wait for minutes and fail.
        is_waiting = bool(nodes) and host_queue(entry.weights) not in nodes and pause_entry(entry)
        self.stdout.write(f"added {entry.slug}{', paused until a worker serves it' if is_waiting else ''}")
        if is_waiting:
            self.stdout.write(_how_to_serve(entry) + f", then: python manage.py models resume {entry.slug}")

    def _say_what_failed(self, entry: LanguageModel, failed: FailedTrial, file: Path) -> None:
        self.stdout.write(f"added {entry.slug}, broken: it did not answer")
        self.stdout.write(f"  {failed.advice}\n  {failed.cause}")
        own = settings.VAR / "catalog" / file.name
        self.stdout.write(
            f"  Correct {own} or the server, then: python manage.py load_catalog, and models test {entry.slug}; "
            "it is drawn once it answers."
        )

    def _change(self, verb: str, entries: Sequence[LanguageModel]) -> None:
        change, words = CHANGES[verb]
        for entry in entries:
            changed = change(entry)
            if changed:
                record(None, Action.ENTRY_CHANGED, entry.slug, change=verb)
            entry.refresh_from_db()
            self.stdout.write(f"{entry.slug} is {words if changed else f'{entry.state} already: nothing is changed'}")
        if verb == "resume":
            self._warn_of_missing_workers(entries)

    def _warn_of_missing_workers(self, entries: Iterable[LanguageModel]) -> None:
        nodes = self._served()
        for entry in entries:
            if nodes and host_queue(entry.weights) not in nodes:
                self.stderr.write(f"No worker serves {entry.slug} now. {_how_to_serve(entry)}")

    def _test(self, entry: LanguageModel, prompt: str) -> None:
        try:
            self._load(entry)
            run = run_test(entry, prompt, on_text=self._show)
        except BackendError as error:
            raise CommandError(f"{advice(entry, error)}\n{type(error).__name__}: {error}") from error
        except Exception as error:
            sentence = "Something broke that should not: set ARENA_DEBUG=1 and test again for all of it."
            raise CommandError(f"{sentence}\n{type(error).__name__}: {error}") from error
        self.stdout.write(f"\n\n{run}")
        self._mend(entry)

    def _mend(self, entry: LanguageModel) -> None:
        """Let an entry that was broken be drawn again; where nobody serves it here, its worker will do so."""
        if entry.state != State.BROKEN:
            return
        # A model server answers every worker alike.
        if entry.backend == "openai" or host_queue(entry.weights) in self._served():
            mend_entries(LanguageModel.objects.filter(pk=entry.pk))
            self.stdout.write(f"{entry.slug} is active again")
        else:
            self.stdout.write(f"It works here, and is drawn again once its worker runs. {_how_to_serve(entry)}")

    def _load(self, entry: LanguageModel) -> None:
        if not entry.weights:
            return
        _take_the_environment_of_its_worker(entry)
        began = monotonic()
        self.stderr.write(f"Loading {entry.weights}; this can take minutes where it is large.")
        backend(entry.backend).warm_up({**entry.options, **entry.local_files})
        self.stderr.write(f"Loaded in {monotonic() - began:.1f} s.")

    def _show(self, text: str) -> None:
        # A model's words may hold commands to the terminal.
        shown = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
        self.stdout.write(shown, ending="")
        self.stdout.flush()

    def _served(self) -> dict[str, list[str]]:
        try:
            return served()
        except QueueUnavailable:
            self.stderr.write("Redis does not answer: which workers run is not known.")
            return {}


def _entry(slug: str) -> LanguageModel:
    entry = LanguageModel.objects.filter(slug=slug).first()
    if entry is not None:
        return entry
    close = difflib.get_close_matches(slug, LanguageModel.objects.values_list("slug", flat=True))
    raise CommandError(f"no entry is called {slug!r}; {'close: ' + ', '.join(close) if close else 'see `models list`'}")


def _kept(entry: LanguageModel) -> str:
    """Return what a merge does not move; empty where there is nothing."""
    counts = (("scores of benchmarks", entry.scores.count()), ("recorded answers", entry.recorded_answers.count()))
    return " and ".join(f"{count:,} {what}" for what, count in counts if count)


def _battles() -> Counter[int]:
    """Return how many battles each entry has been in, by its id."""
    counts: Counter[int] = Counter()
    for side in ("model_a", "model_b"):
        counts.update(dict(Battle.objects.order_by().values_list(side).annotate(Count("pk"))))
    return counts


def _row(entry: LanguageModel, battles: int, nodes: dict[str, list[str]], *, is_resting: bool) -> tuple[str, ...]:
    queue = host_queue(entry.weights)
    weights = " + ".join(filter(None, (entry.weights, entry.adapter))) or "-"
    state = "resting" if is_resting and entry.state == State.ACTIVE else entry.state
    if entry.public_state == PublicState.IMPORTED:
        state = PublicState.IMPORTED.value
    by = ", ".join(nodes.get(queue, ["-"]))
    return (entry.slug, entry.display_name, entry.kind, entry.backend, weights, state, str(battles), queue, by)


def _how_to_serve(entry: LanguageModel) -> str:
    return f"Start one: python manage.py worker --hosts {entry.weights or 'remote'}"


def _take_the_environment_of_its_worker(entry: LanguageModel) -> None:
    """Take as many threads as the entry's worker, and no network, so that the figures are those of the worker."""
    host = next(w for w in programs.workers([entry.weights], 1) if programs.queue_of(w) == host_queue(entry.weights))
    os.environ.update({name: value for name, value in host.env.items() if name != "ARENA_WARM_UP"})


def _width(text: str) -> int:
    """Return the columns that a text takes in a terminal: Korean letters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
