"""Several requests at the very same moment, each in a thread with a connection to the database of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from genresite.errors import DomainError


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What the calls give when all start together; a refusal stands for itself."""
    start, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        start.wait()
        try:
            results[place] = call()
        except DomainError as problem:
            results[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
