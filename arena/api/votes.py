"""The counted votes for staff, in the formats of the field."""

import asyncio
import logging
import secrets
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, BinaryIO

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from ninja import Field, Query, Router, Schema

from arena.api.authentication import BearerToken, TokenRequest
from arena.exports.votes import export_votes
from arena.formats.exports.writing import FORMATS
from arena.models.audit import Action
from arena.models.tokens import Scope
from arena.people.audit import record

CHUNK_BYTES = 256 * 1024
_NAMES: list[Any] = sorted(FORMATS)

logger = logging.getLogger(__name__)
router = Router(tags=["Votes"], auth=BearerToken(Scope.EXPORT))
router.add_decorator(never_cache, mode="view")


class Wanted(Schema):
    """The file that is asked for. with_imported: votes from elsewhere too."""

    format: str = Field(pattern=f"^({'|'.join(_NAMES)})$", json_schema_extra={"enum": _NAMES})
    with_imported: bool = False


@router.get(
    "/votes",
    summary="Counted votes of those who agreed, as one file",
    openapi_extra={"responses": {200: {"description": "OK", "content": {"application/octet-stream": {}}}}},
)
def votes(request: TokenRequest, wanted: Query[Wanted]) -> StreamingHttpResponse:
    """Return the file, for tokens with the scope export. Personal data is redacted and voters have new pseudonyms."""
    logger.info("the token %s takes out %s", request.auth.name, wanted)
    record(None, Action.EXPORTED, wanted.format, actor=request.auth.account, token=request.auth.name)
    with tempfile.TemporaryDirectory() as folder:
        now, salt = timezone.now(), secrets.token_bytes(32)
        done = export_votes(wanted.format, Path(folder), salt=salt, now=now, with_imported=wanted.with_imported)
        # Open, it stays readable when its folder is gone, and no broken connection leaves it behind.
        file = done.path.open("rb")
    response = StreamingHttpResponse(_chunks(file), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{FORMATS[wanted.format].file_name}"'
    return response


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
