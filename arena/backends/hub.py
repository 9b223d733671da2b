"""A download from the Hugging Face hub: the one place that may ask the network, and only when told to prepare.

It runs in a process of its own, `python -m arena.backends.hub`: everywhere else huggingface_hub is offline for good.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from arena.backends.base import Unavailable

#: The files to fetch of a repository: never a pickle, never Python code.
WANTED = ["*.safetensors", "*.json", "*.jinja", "LICENSE*", "README.md"]
#: Nothing in a folder below is read (checkpoints, ONNX); "consolidated" is the same weights again, laid out otherwise.
UNWANTED = ["*/*", "consolidated*"]
#: The operator's setting, read here because the local backend overwrites it for the whole process.
_OFFLINE = os.environ.get("HF_HUB_OFFLINE", "")


def download(repository: str, revision: str, folder: Path, *, weights_id: str, gated: str = "", only: str = "") -> None:
    """Fill the folder, with progress on stderr. only: one file instead of all that is wanted. Raises Unavailable."""
    command = [sys.executable, "-m", "arena.backends.hub", repository, revision, str(folder), only]
    done = subprocess.run(  # noqa: S603 (the catalogue's names have only letters, digits and '._/-')
        command,
        env=os.environ | {"HF_HUB_OFFLINE": _OFFLINE, "HF_HUB_DISABLE_TELEMETRY": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode == 0:
        return
    name = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "an error that it did not name"
    raise Unavailable(_sentence(name, repository, weights_id, folder.parent, gated))


def _sentence(name: str, repository: str, weights_id: str, models: Path, gated: str) -> str:
    page = f"https://huggingface.co/{repository}"
    by_hand = f"put its folder to {models / weights_id} by hand"
    sentences = {
        "GatedRepoError": gated or f"accept its licence on {page}, and set HF_TOKEN to a token of that account",
        "RepositoryNotFoundError": "there is no such repository, or this account may not see it: correct `hub`, or set "
        f"HF_TOKEN to a token of an account that may see {page}",
        "RevisionNotFoundError": f"it has no such revision: see {page}/commits/main",
        "RemoteEntryNotFoundError": f"it has no such file: see {page}/tree/main",
        "LocalEntryNotFoundError": f"the hub cannot be reached from here: go online and try again, or {by_hand}",
        "OfflineModeIsEnabled": f"HF_HUB_OFFLINE is set: unset it and try again, or {by_hand}",
        "HFValidationError": "`hub` must be 'owner/name'",
    }
    return f"{weights_id} cannot be fetched from {repository}: {sentences.get(name, f'{name}; or {by_hand}')}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _main(repository: str, revision: str, folder: str, only: str) -> int:
    """Return 0, or print the name of an error and return 1.

    It is the first error that has a sentence, else the one at the bottom of it.
    """
    from huggingface_hub import errors, hf_hub_download, snapshot_download

    known = ("GatedRepoError", "RepositoryNotFoundError", "RevisionNotFoundError", "RemoteEntryNotFoundError")
    try:
        if only:
            hf_hub_download(repository, only, revision=revision or None, local_dir=folder)
        else:
            snapshot_download(
                repository,
                revision=revision or None,
                local_dir=folder,
                allow_patterns=WANTED,
                ignore_patterns=UNWANTED,
            )
    except Exception as error:  # noqa: BLE001 (whatever it is, it becomes a sentence)
        names = [type(cause).__name__ for cause in _causes(error)]
        offline = [name for name in names if name in ("OfflineModeIsEnabled", errors.LocalEntryNotFoundError.__name__)]
        print(next((name for name in names if name in known), (offline or names)[0]))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
