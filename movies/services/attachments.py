"""Plots and posters of films."""

from typing import TYPE_CHECKING
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from genresite.errors import Conflict
from movies import validators
from movies.images import VerifiedPoster
from movies.models import GenreLabel, Movie, Plot, Poster

if TYPE_CHECKING:
    from genresite.accounts.models import User


def add_plot(
    *,
    movie: Movie,
    text: str,
    language: str = "en",
    source: str = GenreLabel.PERSON,
    licence: str = "",
    may_train: bool = False,
    person: "User | None" = None,
) -> Plot:
    """Add a synopsis to a film; a film may have several.

    Args:
        movie: The film.
        text: The synopsis, 20 to 20,000 characters.
        language: Its language code.
        source: Where it comes from.
        licence: The licence it is under, if known.
        may_train: Whether models may learn from it.
        person: Who adds it.

    Returns:
        The new plot.

    Raises:
        InvalidInput: A value breaks its rule.
        Conflict: `plot_exists`: the film has this very text.
    """
    cleaned = validators.clean_plot(text)
    if movie.plots.filter(text=cleaned).exists():
        raise Conflict(_("This film has this very plot already."), code="plot_exists", field="plot")
    return Plot.objects.create(
        movie=movie,
        text=cleaned,
        language=validators.clean_language(language),
        source=validators.clean_source(source),
        licence=validators.clean_licence(licence),
        may_train=may_train,
        added_by=person,
    )


def attach_poster(
    *,
    movie: Movie,
    poster: VerifiedPoster,
    source: str = GenreLabel.PERSON,
    licence: str = "",
    may_train: bool = False,
    person: "User | None" = None,
) -> Poster:
    """Give a film a poster; the newest one is shown first.

    Call it outside a transaction: the files are written before the row and removed again if the row fails.

    Args:
        movie: The film.
        poster: What `movies.images.read_poster` returned.
        source: Where it comes from.
        licence: The licence it is under, if known.
        may_train: Whether models may learn from it.
        person: Who adds it.

    Returns:
        The new poster.

    Raises:
        InvalidInput: The source or licence breaks its rule.
        Conflict: `poster_exists`: the film has this very file.
    """
    source, licence = validators.clean_source(source), validators.clean_licence(licence)
    exists = Conflict(_("This film has this very poster already."), code="poster_exists", field="poster")
    if movie.posters.filter(sha256=poster.sha256).exists():
        raise exists
    row = Poster(movie=movie, source=source, licence=licence, may_train=may_train, added_by=person)
    write_poster_files(row=row, poster=poster)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except BaseException as exc:
        delete_poster_files(row=row)
        if isinstance(exc, IntegrityError):
            raise exists from exc
        raise
    return row


def write_poster_files(*, row: Poster, poster: VerifiedPoster) -> None:
    """Write a poster's two files and tell its row of them; the row is not saved.

    Args:
        row: The new row.
        poster: What `movies.images.read_poster` returned.
    """
    for name in ("sha256", "perceptual_hash", "width", "height"):
        setattr(row, name, getattr(poster, name))
    try:
        for field, content in ((row.file, poster.webp), (row.thumbnail, poster.thumbnail)):
            field.save(f"{uuid4().hex}.webp", ContentFile(content), save=False)
    except BaseException:
        delete_poster_files(row=row)
        raise


def delete_poster_files(*, row: Poster) -> None:
    """Delete the files of a row that did not come to be saved."""
    for field in (row.file, row.thumbnail):
        if field.name:
            default_storage.delete(field.name)
