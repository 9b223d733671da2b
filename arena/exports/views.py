"""The page on which whoever may analyse exports votes and boards."""

import logging
import secrets
import tempfile
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from arena.conf.branding import name_in_files
from arena.exports.board import BOARD_FORMATS, export_board
from arena.exports.forms import EXPORTS, ExportForm
from arena.exports.vote_records import exportable
from arena.exports.votes import export_votes
from arena.models.audit import Action
from arena.models.voters import MayDo
from arena.people.audit import record
from arena.people.permissions import asks

#: More take longer than a browser waits: they are for the command.
MAX_VOTES = 20_000

logger = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@asks(MayDo.ANALYSE)
def export(request: HttpRequest) -> HttpResponse:
    """Return the form, or the archive that it asks for: one file of data, with a card where it holds votes."""
    form = ExportForm(request.POST if request.method == "POST" else None)
    own, all_votes = exportable(with_imported=False).count(), exportable(with_imported=True).count()
    context = {"form": form, "exports": EXPORTS, "own": own, "imported": all_votes - own, "most": MAX_VOTES}
    if form.is_valid():
        wanted = all_votes if form.cleaned_data["with_imported"] else own
        if form.cleaned_data["format"] in BOARD_FORMATS or wanted <= MAX_VOTES:
            logger.info("%s takes out %s", request.user.get_username(), form.cleaned_data)
            record(request, Action.EXPORTED, form.cleaned_data["format"])
            return _download(form, timezone.now())
        context["is_too_much"] = True
    return render(request, "exports/export.html", context, status=422 if form.is_bound else 200)


def _download(form: ExportForm, now: datetime) -> HttpResponse:
    name = form.cleaned_data["format"]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / f"{name_in_files()}-{slugify(name)}-{now:%Y-%m-%d}"
        if name in BOARD_FORMATS:
            export_board(name, folder)
        else:
            options = {key: form.cleaned_data[key] for key in ("licence", "with_imported")}
            export_votes(name, folder, salt=secrets.token_bytes(32), now=now, **options)
        archive = Path(made) / "archive.zip"
        with ZipFile(archive, "w", ZIP_DEFLATED) as packed:
            for file in sorted(folder.iterdir()):
                packed.write(file, f"{folder.name}/{file.name}")
        response = HttpResponse(archive.read_bytes(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{folder.name}.zip"'
    return response
