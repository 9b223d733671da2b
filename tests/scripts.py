"""Types and layout of what is in arena/static: `make check` looks, `make format` writes the layout.

TypeScript and Prettier come from npm as package-lock.json names them, into node_modules/. The arena needs neither, so
where there is no node nothing is checked.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "node_modules"
#: npm writes this one at the end of an installation.
INSTALLED = FOLDER / ".package-lock.json"
FILES = ("arena/static/arena", "tests/static", "package.json", "tsconfig.json", ".prettierrc.json")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--format", action="store_true", help="write the layout; types are not looked at")
    writes = parser.parse_args().format
    if missing := [name for name in ("node", "npm") if not shutil.which(name)]:
        print(f"Skipped, since {' and '.join(missing)} cannot be found: the scripts' types and layout.")
        return 0
    if not _is_installed():
        subprocess.run(["npm", "ci"], cwd=ROOT, check=True)
    if writes:
        return _run("prettier", "--log-level", "warn", "--write", *FILES)
    return _run("prettier", "--log-level", "warn", "--check", *FILES) or _run("tsc")


def _is_installed() -> bool:
    return INSTALLED.exists() and _versions(INSTALLED) == _versions(ROOT / "package-lock.json")


def _versions(lock: Path) -> dict[str, str]:
    packages = json.loads(lock.read_text("utf-8"))["packages"]
    return {name: package["version"] for name, package in packages.items() if name}


def _run(program: str, *arguments: str) -> int:
    return subprocess.run([FOLDER / ".bin" / program, *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
