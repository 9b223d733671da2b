"""Where the tested arena lives: a temporary folder and a Redis of its own, chosen before the settings are read."""

import os
import shutil
import tempfile
from pathlib import Path

from tests.provide.redis_server import RedisServer

_KEPT = {"ARENA_EXTRA_DATA", "ARENA_TEST_MODELS"}


class Environment:
    """A folder for ARENA_VAR and a Redis, not yet running, that the variables name."""

    def __init__(self) -> None:
        self.var = Path(tempfile.mkdtemp(prefix="arena-tests-"))
        self.redis = RedisServer(self.var / "redis")

    def enter(self) -> None:
        """Set the variables; what the shell says about another arena does not reach the tests."""
        for name in [name for name in os.environ if name.startswith("ARENA_") and name not in _KEPT]:
            del os.environ[name]
        os.environ |= {
            "ARENA_VAR": str(self.var),
            "REDIS_URL": self.redis.url,
            "DJANGO_SETTINGS_MODULE": "arena.settings",
            # The tests run in a process for each core: with threads of its own in each, BLAS takes twice the time.
            **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
        }

    def remove(self) -> None:
        shutil.rmtree(self.var, ignore_errors=True)


ENVIRONMENT = Environment()
