"""The backends by name. Each is imported when it is first asked for: the web process never loads torch."""

from functools import cache
from importlib import import_module

from arena.backends.base import Backend, Unavailable

BACKENDS = {
    "transformers": "arena.backends.transformers_local:TransformersBackend",
    "recorded": "arena.backends.recorded:RecordedBackend",
    "openai": "arena.backends.openai_http:OpenAIBackend",
}


@cache
def backend(name: str) -> Backend:
    """Return the backend of that name, one per process. Raises Unavailable for a name that is not known."""
    if name not in BACKENDS:
        raise Unavailable(f"unknown backend {name!r}; known: {', '.join(BACKENDS)}")
    module, class_name = BACKENDS[name].split(":")
    made: Backend = getattr(import_module(module), class_name)()
    return made
