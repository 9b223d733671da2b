"""The same action from many threads at once, each with a database connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def in_parallel(times: int, action: Callable[[int], Any]) -> list[Any]:
    """What each call gave back or raised, in no order."""
    barrier, outcomes = threading.Barrier(times), []

    def one(number: int) -> None:
        barrier.wait()
        try:
            outcomes.append(action(number))
        except Exception as error:  # noqa: BLE001  it is looked at by the test
            outcomes.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
