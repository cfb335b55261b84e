"""What a process of the site has loaded once and for all."""

import gc

from django.urls import get_resolver


def keep_loaded() -> None:
    """Load every page, and keep what is there by now out of the collection of garbage.

    Some 170,000 objects live as long as the process. To look through them all, which Python does after some dozens of
    requests, took 0.1 s of one request; the first visitor waited for the pages to be loaded as well.
    """
    assert get_resolver().url_patterns  # noqa: S101 - reading them imports every view
    gc.collect()
    gc.freeze()
