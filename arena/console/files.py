"""Files that an operator has laid into a folder of the arena's machine, because they are too large for a form."""

from dataclasses import dataclass

from django.conf import settings


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
