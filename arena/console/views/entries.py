"""List entries, change their states, test them, and make or edit one behind an OpenAI-compatible server."""

import logging
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from arena.answers.test_run import DEFAULT_PROMPT
from arena.answers.test_run_report import StoredTestRun, read_test_run, request_draft_run, request_test_run
from arena.battles.forms import PromptForm
from arena.console.entries import CHANGES, rows_of
from arena.console.entry_form import EntryForm, initial_of
from arena.console.permissions import asks, frame
from arena.console.tables import ENTRIES
from arena.entries.catalog import CatalogError
from arena.entries.own_file import is_made_on_a_page, save_entry, table_of
from arena.markup import render_answer
from arena.models import LanguageModel
from arena.models.audit import Action
from arena.models.voters import MayDo
from arena.people.audit import record
from arena.queues import QueueUnavailable, host_queue

HERE = {"here": "console_entries"}

logger = logging.getLogger(__name__)


@require_safe
@asks(MayDo.OPERATE)
def entries_page(request: HttpRequest) -> HttpResponse:
    rows = rows_of(list(LanguageModel.objects.all()))
    folded = [row for row in rows if row.is_folded]
    context = {"table": ENTRIES, "rows": [row for row in rows if not row.is_folded], "folded": folded}
    return render(request, "console/entries.html", context | HERE | frame(request))


@require_safe
@asks(MayDo.OPERATE)
def entry_page(request: HttpRequest, slug: str) -> HttpResponse:
    entry = get_object_or_404(LanguageModel, slug=slug)
    context = {"row": rows_of([entry])[0], "entry": entry, "prompt": DEFAULT_PROMPT}
    return render(request, "console/entry.html", context | HERE | frame(request))


@require_POST
@asks(MayDo.OPERATE)
def change_state(request: HttpRequest, slug: str) -> HttpResponse:
    """Pause, resume or retire an entry, where its state allows it."""
    entry, verb = get_object_or_404(LanguageModel, slug=slug), request.POST.get("change", "")
    if verb in rows_of([entry])[0].changes and CHANGES[verb][0](entry):
        logger.info("%s: %s %s", request.user.get_username(), verb, slug)
        record(request, Action.ENTRY_CHANGED, slug, change=verb)
        entry.refresh_from_db()
        said = _("%(name)s is now %(state)s.") % {"name": entry, "state": entry.get_state_display()}
        messages.success(request, said)
    else:
        messages.error(request, _("Nothing has changed: the entry is in another state by now."))
    return redirect("console_entry", slug)


@require_POST
@asks(MayDo.OPERATE)
def test(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the entry's worker for one answer, and go to the page that shows it."""
    entry = get_object_or_404(LanguageModel, slug=slug)
    form = PromptForm({"prompt": DEFAULT_PROMPT} | request.POST.dict())
    if not form.is_valid():
        messages.error(request, str(form.errors["prompt"][0]))
        return redirect("console_entry", slug)
    try:
        return redirect("console_run", request_test_run(entry, form.cleaned_data["prompt"]))
    except QueueUnavailable:
        return _without_redis(request)


@require_http_methods(["GET", "HEAD", "POST"])
@asks(MayDo.OPERATE)
def draft_page(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Show the form of a new entry or of one that is edited; filled in, it is tested before it can be saved."""
    entry = get_object_or_404(LanguageModel, slug=slug) if slug else None
    if entry is not None and not rows_of([entry])[0].may_be_edited:
        raise Http404
    form = EntryForm(request.POST if request.method == "POST" else None, initial=_initial(request, entry), slug=slug)
    if form.is_valid():
        try:
            return redirect("console_run", request_draft_run(form.columns, DEFAULT_PROMPT))
        except QueueUnavailable:
            return _without_redis(request)
    context = {"form": form, "entry": entry} | HERE | frame(request)
    return render(request, "console/draft.html", context, status=422 if form.is_bound else 200)


@require_safe
@asks(MayDo.OPERATE)
def run_page(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Show how a test stands. The page comes again by itself until it is over."""
    try:
        report = read_test_run(str(run_id))
    except QueueUnavailable:
        return _without_redis(request)
    context: dict[str, Any] = {"report": report, "run_id": run_id} | HERE | frame(request)
    if report is not None:
        entry = report.entry()
        context |= {"entry": entry, "queue": host_queue(entry.weights), "host": entry.weights or "remote"}
        # While it is written it is shown as it comes: half a Markdown would jump.
        html = mark_safe(render_answer(report.text)) if report.is_over else ""
        context |= {"form_address": _form_of(entry.slug), "html": html}
    return render(request, "console/run.html", context)


@require_POST
@asks(MayDo.OPERATE)
def save(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Store the entry of a draft that has answered: it competes from now on, and after every start."""
    report = _draft(run_id)
    if report is None or report.state != "done" or report.draft is None:
        messages.error(request, _("Nothing is saved: this test is not here any more, or it has not answered."))
        return redirect("console_run", run_id)
    try:
        entry = save_entry(table_of(report.draft), settings.VAR / "catalog")
    except CatalogError as error:
        messages.error(request, str(error))
        return redirect("console_run", run_id)
    logger.info("%s saves %s", request.user.get_username(), entry.slug)
    record(request, Action.ENTRY_CHANGED, entry.slug, change="save")
    messages.success(request, _("%(name)s is saved, and competes.") % {"name": entry})
    return redirect("console_entry", entry.slug)


def _initial(request: HttpRequest, entry: LanguageModel | None) -> dict[str, Any]:
    """Return what the form shows at first: what was tested a moment ago, or what the entry is now."""
    try:
        report = _draft(UUID(request.GET.get("run", "")))
    except ValueError:
        report = None
    if report is not None and report.draft:
        return initial_of(report.draft)
    return initial_of({name: getattr(entry, name) for name in _COLUMNS}) if entry else {}


def _form_of(slug: str) -> str:
    """Return the address of the form in which an entry of this slug was filled in."""
    if is_made_on_a_page(slug, settings.VAR / "catalog"):
        return reverse("console_edit_entry", args=[slug])
    return reverse("console_add_entry")


def _draft(run_id: UUID) -> StoredTestRun | None:
    try:
        return read_test_run(str(run_id))
    except QueueUnavailable:
        return None


def _without_redis(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("Redis does not answer, so no worker can be asked. Try again in a moment."))
    return redirect("console_entries")


_COLUMNS = [field.name for field in LanguageModel._meta.concrete_fields]
