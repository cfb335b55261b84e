"""The one way out for poster files, for page and API."""

from django.http import FileResponse
from django.utils.translation import gettext as _

from genresite.errors import NotFound
from movies.models import Poster

# A poster's file never changes under its address; private, for only signed-in people may see it.
CACHE_SECONDS = 86_400


def open_poster(poster: Poster, size: str = "") -> FileResponse:
    """Answer with a poster's file.

    Args:
        poster: The poster.
        size: "thumbnail" for the small picture, anything else for the whole.

    Returns:
        The WebP picture, shown in place and never sniffed.

    Raises:
        NotFound: `poster_file_missing`: the file is gone from the storage.
    """
    field = poster.thumbnail if size == "thumbnail" else poster.file
    try:
        file = field.open("rb")
    except FileNotFoundError as exc:
        raise NotFound(_("The file of this poster is not there any more."), code="poster_file_missing") from exc
    answer = FileResponse(file, content_type="image/webp", filename=f"poster-{poster.pk}.webp")
    answer["Cache-Control"] = f"private, max-age={CACHE_SECONDS}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["ETag"] = f'"{poster.sha256[:32]}{size == "thumbnail":d}"'
    return answer
