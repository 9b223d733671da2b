"""Prompts, imports and exports: what is there, a form for another job, and how the jobs stand."""

import logging
import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from arena.console.files import dropped_files, keep
from arena.console.job_forms import ImportForm, PromptsForm
from arena.console.jobs import Job, ask_for, new_job, newest_jobs, read_job
from arena.console.permissions import asks, frame
from arena.console.prompt_sets import prompt_sets
from arena.console.tables import PROMPT_SETS
from arena.exports.forms import EXPORTS, ExportForm
from arena.exports.vote_records import exportable
from arena.models import PromptSet
from arena.models.audit import Action
from arena.models.voters import MayDo
from arena.people.audit import record
from arena.prompts.offer import offer_prompts
from arena.queues import QueueUnavailable

#: What the two buttons of a set of prompts say.
OFFERS = {"yes": True, "no": False}

logger = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@asks(MayDo.OPERATE)
def prompts_page(request: HttpRequest) -> HttpResponse:
    form = PromptsForm(**_sent(request))
    if response := _begun_import(request, form):
        return response
    context = {"form": form, "sets": prompt_sets(), "table": PROMPT_SETS}
    return _page(request, "console/prompts.html", context, here="console_prompts", is_refused=form.is_bound)


@require_POST
@asks(MayDo.OPERATE)
def offer(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer the prompts of a set to visitors, or offer them no more."""
    prompt_set, wanted = get_object_or_404(PromptSet, slug=slug), request.POST.get("offer", "")
    if wanted in OFFERS and offer_prompts(prompt_set, is_offered=OFFERS[wanted]):
        logger.info("%s: offer %s: %s", request.user.get_username(), slug, wanted)
        record(request, Action.SETTINGS_CHANGED, f"prompts {slug}", offered=wanted)
        said = _("%(name)s is offered again.") if OFFERS[wanted] else _("%(name)s is offered no more.")
        messages.success(request, said % {"name": prompt_set})
    else:
        messages.error(request, _("Nothing has changed: look at the list, which may be newer than your page."))
    return redirect("console_prompts")


@require_http_methods(["GET", "HEAD", "POST"])
@asks(MayDo.OPERATE)
def imports_page(request: HttpRequest) -> HttpResponse:
    form = ImportForm(**_sent(request))
    if response := _begun_import(request, form):
        return response
    context = {"form": form, "jobs": newest_jobs(exports=False)}
    return _page(request, "console/imports.html", context, here="console_imports", is_refused=form.is_bound)


@require_http_methods(["GET", "HEAD", "POST"])
@asks(MayDo.ANALYSE)
def exports_page(request: HttpRequest) -> HttpResponse:
    form = ExportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = form.cleaned_data
        options = {"licence": said["licence"], "with_imported": said["with_imported"]}
        job = new_job("export", said["format"], by=request.user.get_username(), options=options)
        job.folder.mkdir(parents=True)
        return _asked(request, job, "console_export")
    own, all_votes = exportable(with_imported=False).count(), exportable(with_imported=True).count()
    context = {"form": form, "exports": EXPORTS, "own": own, "imported": all_votes - own}
    context |= {"jobs": newest_jobs(exports=True)}
    return _page(request, "console/exports.html", context, here="console_exports", is_refused=form.is_bound)


@require_safe
@asks(MayDo.OPERATE)
def import_page(request: HttpRequest, job_id: UUID) -> HttpResponse:
    return _job_page(request, job_id, here="console_imports")


@require_safe
@asks(MayDo.ANALYSE)
def export_page(request: HttpRequest, job_id: UUID) -> HttpResponse:
    return _job_page(request, job_id, here="console_exports")


@require_safe
@asks(MayDo.ANALYSE)
def archive(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Return what an export has written."""
    job = _job(job_id)
    if job is None or not job.is_export or job.state != "done" or not job.archive.exists():
        raise Http404
    record(request, Action.EXPORTED, job.name, archive=job.asked[:10])
    response = HttpResponse(job.archive.read_bytes(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{job.name}-{job.asked[:10]}.zip"'
    return response


def _job_page(request: HttpRequest, job_id: UUID, *, here: str) -> HttpResponse:
    """Show how far a job is. The page comes again by itself until it is over."""
    job = _job(job_id)
    if job is not None and job.is_export != (here == "console_exports"):
        raise Http404
    return _page(request, "console/job.html", {"job": job}, here=here)


def _sent(request: HttpRequest) -> dict[str, Any]:
    """Return what a form of a file reads of the request; nothing of a look at the page."""
    if request.method != "POST":
        return {}
    length = request.META.get("CONTENT_LENGTH") or 0
    return {"data": request.POST, "files": request.FILES, "sent_bytes": int(length)}


def _begun_import(request: HttpRequest, form: ImportForm | PromptsForm) -> HttpResponse | None:
    """Return the way to the job that the form asks for; None where it is empty, or wrong."""
    if not form.is_valid():
        return None
    file: UploadedFile[bytes] | None = form.cleaned_data["file"]
    name = Path(file.name or "file").name if file else form.cleaned_data["dropped"]
    job = new_job(form.kind, name, by=request.user.get_username(), options=form.options)
    if file:
        keep(file, job.folder / name)
    return _asked(request, job, "console_import")


def _asked(request: HttpRequest, job: Job, page: str) -> HttpResponse:
    try:
        ask_for(job)
    except QueueUnavailable:
        shutil.rmtree(job.folder, ignore_errors=True)
        messages.error(request, _("Redis does not answer, so no worker can be asked. Try again in a moment."))
        return redirect(f"{page}s")
    record(request, Action.EXPORTED if job.is_export else Action.IMPORTED, job.name, kind=job.kind)
    return redirect(page, job.id)


def _job(job_id: UUID) -> Job | None:
    try:
        return read_job(job_id)
    except QueueUnavailable:
        return None


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], *, here: str, is_refused: bool = False
) -> HttpResponse:
    shown = {"here": here, "dropped": dropped_files(), "folder": settings.VAR / "imports", "most": settings.UPLOAD_MB}
    return render(request, template, shown | context | frame(request), status=422 if is_refused else 200)
