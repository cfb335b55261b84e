"""Progress of a long run on stderr: a line that renews itself, or one every few seconds in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

Watcher = Callable[[int, int, str], None]
"""Told of every step: how many are done, of how many, and of what; may raise to stop the run."""

_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Tells a function of every step of the runs inside, so that others can see how far they are and stop them.

    Args:
        watcher: called after each step; what it raises ends the run where it stands, between two batches.
    """
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def format_seconds(seconds: float) -> str:
    """A duration for people: ``42s``, ``3m 05s``, ``1h 02m``."""
    whole = max(int(seconds), 0)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    return f"{whole // 3600}h {whole % 3600 // 60:02d}m"


class Progress:
    """Counts steps of a known total and tells the time left."""

    def __init__(self, total: int, *, title: str, stream: TextIO | None = None, every_seconds: float = 15.0) -> None:
        """Starts the clock.

        Args:
            total: steps still to be done in all.
            title: stands at the start of each line.
            stream: where to write; default stderr.
            every_seconds: pause between two lines where the stream is no terminal.
        """
        self._stream = sys.stderr if stream is None else stream
        self._total, self._title = total, title
        self._pause = 0.3 if self._stream.isatty() else every_seconds
        self._end = "\r" if self._stream.isatty() else "\n"
        self._start = self._shown = time.monotonic()
        self._done = 0

    def advance(self, note: str = "") -> None:
        """Counts one step and shows the state if it is time to."""
        self._done += 1
        watcher = _watcher.get()
        if watcher is not None:
            watcher(self._done, self._total, f"{self._title} {note}".strip())
        now = time.monotonic()
        if now - self._shown < self._pause:
            return
        self._shown = now
        left = (now - self._start) / self._done * (self._total - self._done)
        self._write(f"{self._title} {self._done}/{self._total} {note} ETA {format_seconds(left)}", self._end)

    def say(self, line: str) -> None:
        """Writes a line that stays."""
        self._write(line, "\n")

    def _write(self, line: str, end: str) -> None:
        self._stream.write(f"{line:<79}{end}")
        self._stream.flush()
