"""Debian and Ubuntu packages, where this process may install them."""

import os
import shutil
import subprocess
from functools import cache


def install(package: str) -> None:
    """Try to install a package; whether it helped is for the caller to find out."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print(f"installing {package} with apt-get", flush=True)
    _update()
    _apt_get("install", "--yes", "--no-install-recommends", package)


@cache
def _update() -> None:
    _apt_get("update")


def _apt_get(*arguments: str) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", *arguments], env=quiet, check=False)
