"""Every write to the catalogue: films, their genres with provenance, plots and posters."""

from movies.services.attachments import add_plot, attach_poster
from movies.services.entries import Entry, record_entry
from movies.services.films import create_movie, find_duplicate, update_movie
from movies.services.genres import (
    LoadedGenres,
    ResolvedGenres,
    Spellings,
    find_genres,
    load_genres,
    resolve_genres,
    set_genres,
)

__all__ = [
    "Entry",
    "LoadedGenres",
    "ResolvedGenres",
    "Spellings",
    "add_plot",
    "attach_poster",
    "create_movie",
    "find_duplicate",
    "find_genres",
    "load_genres",
    "record_entry",
    "resolve_genres",
    "set_genres",
    "update_movie",
]
