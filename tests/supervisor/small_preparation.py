"""The preparation of an arena without models."""

import sys

from arena.supervisor import prepare

_MODELS = ("Loading the catalogue", "Preparing the models")


if __name__ == "__main__":
    for step in _MODELS:
        del prepare.STEPS[step]
    sys.exit(prepare.main())
