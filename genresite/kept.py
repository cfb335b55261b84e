"""Figures over whole tables: counted once in a while, kept in the cache, and counted anew after a write."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import uuid4

from django.core.cache import cache
from django.db import transaction

Figures = TypeVar("Figures")


def read_kept(*, scope: str, name: str, seconds: int, count: Callable[[], Figures]) -> Figures:
    """Figures as they were counted at most `seconds` ago, and never before the last write that was told of.

    A count that began before a write and ends after it is kept under the old stamp, where nobody looks any more.

    Args:
        scope: What the figures are about; `forget_kept` names the same.
        name: Which of the scope's figures.
        seconds: How old they may become where nobody tells of a write.
        count: Counts them; plain values, as they may outlive a version of the code.

    Returns:
        The figures.
    """
    key = f"kept:{scope}:{cache.get(_stamp(scope), 'first')}:{name}"
    kept: Any = cache.get(key)
    if kept is None:
        kept = (count(),)
        cache.set(key, kept, seconds)
    figures: Figures = kept[0]
    return figures


def forget_kept(*scopes: str) -> None:
    """Have figures counted anew: at once for who wrote, and for everybody when the transaction has ended.

    Args:
        *scopes: What was written to.
    """
    _renew(scopes)
    if transaction.get_connection().in_atomic_block:
        # Whoever counted meanwhile has not seen what is not committed.
        transaction.on_commit(lambda: _renew(scopes))


def _renew(scopes: tuple[str, ...]) -> None:
    for scope in scopes:
        cache.set(_stamp(scope), uuid4().hex, None)


def _stamp(scope: str) -> str:
    return f"kept:{scope}"
