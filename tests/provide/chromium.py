"""A Chromium for the browser tests: CHROMIUM, the system's, or Playwright's own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.provide import Missing, packages

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: What Playwright turns off, which this list takes the place of; and the menus of the address bar: a window that nobody
#: sees has them too, as pages of their own that take as long as the page of a test.
_TURNED_OFF = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
)
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    f"--disable-features={','.join(_TURNED_OFF)}",
)
_ON_MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def provide() -> str:
    """Path of a Chromium that starts, fetched if need be. Raises Missing."""
    for fetch in (None, _from_apt, _from_playwright):
        if fetch:
            fetch()
        if found := find():
            return found
    raise Missing("Chromium: install the package chromium, or set CHROMIUM to the path of a Chrome or Chromium")


def find() -> str | None:
    """The first Chromium on this machine that starts; nothing is fetched."""
    return next(filter(_starts, _candidates()), None)


@contextmanager
def opened(path: str | None = None) -> Iterator[Browser]:
    """A Chromium without a window, closed at the end. path: of which one; otherwise the one that provide() finds."""
    path = path or provide()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def _candidates() -> Iterator[str]:
    if chosen := os.environ.get("CHROMIUM"):
        yield chosen
    yield from filter(None, map(shutil.which, _NAMES))
    yield _ON_MACOS
    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def _starts(path: str) -> bool:
    # Ubuntu's chromium-browser is found and does not start where there are no snaps.
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _from_apt() -> None:
    packages.install("chromium")


def _from_playwright() -> None:
    system_libraries = ["--with-deps"] if os.geteuid() == 0 and shutil.which("apt-get") else []
    command = [sys.executable, "-m", "playwright", "install", *system_libraries, "chromium"]
    subprocess.run(command, check=False)
