"""A worker with weights of its own loads them before its first task."""

import pytest
from celery.signals import worker_init

import arena.celery  # noqa: F401 (connects the warm-up)


def test_a_worker_without_its_weights_does_not_start(monkeypatch):
    monkeypatch.setenv("ARENA_WARM_UP", "nowhere")
    with pytest.raises(SystemExit, match="prepare_models"):
        worker_init.send(sender=None)


def test_other_workers_load_nothing(monkeypatch):
    monkeypatch.delenv("ARENA_WARM_UP", raising=False)
    assert all(reply is None for _, reply in worker_init.send(sender=None) if not isinstance(reply, Exception))
