"""Files to be imported: sent with a form, or laid into a folder of the arena's machine."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.move import file_move_safe
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile


@dataclass(frozen=True)
class DroppedFile:
    """A file that can be imported. size: in bytes."""

    name: str
    size: int


def dropped_files() -> list[DroppedFile]:
    """Return the files of ARENA_VAR/imports, by name; none where there is no such folder."""
    folder = settings.VAR / "imports"
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return [DroppedFile(file.name, file.stat().st_size) for file in files if file.is_file()]


def keep(file: "UploadedFile[bytes]", path: Path) -> None:
    """Lay the file that was sent at this path. A large one lies on the disk already, and is moved."""
    path.parent.mkdir(mode=0o700, parents=True)
    if isinstance(file, TemporaryUploadedFile):
        file_move_safe(file.temporary_file_path(), str(path))
    else:
        path.write_bytes(file.read())
