import pytest

from arena.supervisor.programs import queue_of, web, workers

NAME = "OPENBLAS_NUM_THREADS"


def threads() -> dict[str, str | None]:
    served = {queue_of(worker): worker.env.get(NAME) for worker in workers(["SmolLM2"], 2)}
    return {"web": web("127.0.0.1", 8000).env.get(NAME), **served}


def test_boards_and_pairs_are_computed_on_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)
    assert threads() == {"web": "1", "default": "1", "remote": None, "host.SmolLM2": None}


def test_the_operator_may_give_them_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "4")
    assert (threads()["web"], threads()["default"]) == ("4", "4")
