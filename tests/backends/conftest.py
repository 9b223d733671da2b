"""Models to answer with: a tiny one with random weights, made in a blink, and the real SmolLM2."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from arena.backends.transformers_local import LOADER, TransformersBackend
from arena.backends.transformers_local.weights import prepare
from arena.entries.catalog import SHIPPED, read_catalog
from tests.backends.tiny_model import write_tiny_model


@pytest.fixture(autouse=True)
def _nothing_is_left_loading() -> Iterator[None]:
    """A test may go before its weights have come; the next one may read others by itself, see LOADER."""
    yield
    LOADER.submit(int).result()


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models with a "tiny" one and one that is "broken": its weights are no numbers."""
    folder = tmp_path_factory.mktemp("models")
    write_tiny_model(folder / "tiny")
    write_tiny_model(folder / "broken", fill=float("nan"))
    return folder


@pytest.fixture(scope="session")
def backend(models: Path) -> TransformersBackend:
    return TransformersBackend(models)


@pytest.fixture(scope="session")
def smollm2() -> TransformersBackend:
    """The real weights, converted once into ARENA_TEST_MODELS or var/models and found there by later runs."""
    folder = Path(os.environ.get("ARENA_TEST_MODELS") or settings.BASE_DIR / "var" / "models")
    for weights in read_catalog(SHIPPED.glob("*.toml")).weights.values():
        prepare(weights, folder)
    return TransformersBackend(folder)
