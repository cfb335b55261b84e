"""Sending a prediction's pictures: only to who may see the prediction, never from MEDIA_URL."""

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _

from genresite.errors import NotFound
from predictor.models import Prediction

# What this site wrote itself is always of the type it says; the browser must not guess otherwise.
PICTURE_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=86400"}


def open_poster(prediction: Prediction, *, thumbnail: bool = False) -> FileResponse:
    """The poster of a prediction as an answer.

    Args:
        prediction: A prediction that the person may see.
        thumbnail: Whether the small copy is wanted.

    Raises:
        NotFound: It has no poster, or the file is gone.
    """
    stored = prediction.poster_thumbnail if thumbnail else prediction.poster_file
    try:
        stream = stored.open("rb")
    except (ValueError, OSError) as exc:
        raise NotFound(_("This prediction has no poster."), code="poster_missing") from exc
    name = f"prediction-{prediction.pk}.webp"
    headers = {**PICTURE_HEADERS, "ETag": f'"{prediction.poster_sha256[:32]}{thumbnail:d}"'}
    return FileResponse(stream, content_type="image/webp", filename=name, headers=headers)


def send_picture(png: bytes) -> HttpResponse:
    """A drawn picture as an answer. A prediction never changes, so the browser may keep it."""
    return HttpResponse(png, content_type="image/png", headers=PICTURE_HEADERS)
