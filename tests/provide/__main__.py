"""`python -m tests.provide`: one line for each thing the tests need; ends with 1 if any is missing."""

import sys

from tests.provide import Missing, chromium, postgresql, redis_server


def main() -> int:
    """1 if something is missing, else 0."""
    missing = 0
    for provide in (redis_server.provide, postgresql.provide, chromium.provide):
        try:
            print(f"found {provide()}", flush=True)
        except Missing as problem:
            print(f"missing {problem}", flush=True)
            missing = 1
    return missing


if __name__ == "__main__":
    sys.exit(main())
