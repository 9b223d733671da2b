"""Two arenas never share a folder."""

import os
from pathlib import Path

import pytest

from arena.supervisor.lock import AlreadyRunning, one_per_folder


def test_a_second_arena_in_a_folder_is_told_where_the_first_one_is(tmp_path: Path) -> None:
    with one_per_folder(tmp_path, "http://127.0.0.1:8123/"), pytest.raises(AlreadyRunning) as told:
        one_per_folder(tmp_path, "http://127.0.0.1:9000/").__enter__()
    assert str(told.value) == f"This arena runs already at http://127.0.0.1:8123/ (process {os.getpid()})."


def test_a_folder_is_free_again_after_the_first_arena(tmp_path: Path) -> None:
    with one_per_folder(tmp_path, "http://127.0.0.1:8123/"):
        pass
    with one_per_folder(tmp_path, "http://127.0.0.1:9/"):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()} http://127.0.0.1:9/"
