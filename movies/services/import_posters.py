"""The posters of a chunk of rows: read and checked before the catalogue is locked."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from movies.images import MAX_BYTES, VerifiedPoster, read_poster
from movies.models import Poster
from movies.rows import MovieRow


@dataclass
class Picture:
    """The file of a poster.

    Attributes:
        path: Where it lies.
        sha256: Of its bytes; empty if it could not be read.
        verified: Its clean copies, once they are needed.
        error: Why it is no poster.
    """

    path: Path
    sha256: str = ""
    verified: VerifiedPoster | None = None
    error: InvalidInput | None = None

    def verify(self, data: bytes | None = None) -> None:
        """Decode the picture and make its copies, or find out why not; its pixels are let go."""
        if self.verified is not None or self.error is not None:
            return
        try:
            verified = read_poster(_read_bytes(self.path) if data is None else data)
            self.verified = replace(verified, rgb=np.empty((0, 0, 3), dtype=np.uint8))
        except InvalidInput as exc:
            self.error = exc


def _read_bytes(path: Path) -> bytes:
    """The file's bytes, at most one more than is allowed: a huge one must not fill the memory."""
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as exc:
        message = _("The poster {name} cannot be read: {reason}.").format(name=path.name, reason=exc.strerror)
        raise InvalidInput(message, code="poster_unreadable", field="poster") from exc


def read_pictures(rows: Iterable[MovieRow]) -> dict[Path, Picture]:
    """Read the posters of rows; those that the catalogue has somewhere already are not decoded yet.

    Args:
        rows: The films.

    Returns:
        The pictures by the file's path; what is wrong with one is its `error`.
    """
    pictures: dict[Path, Picture] = {}
    for path in dict.fromkeys(row.poster for row in rows if row.poster is not None):
        picture = pictures[path] = Picture(path)
        try:
            data = _read_bytes(path)
        except InvalidInput as exc:
            picture.error = exc
            continue
        picture.sha256 = hashlib.sha256(data).hexdigest()
        if not Poster.objects.filter(sha256=picture.sha256).exists():
            picture.verify(data)
    return pictures
