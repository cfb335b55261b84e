"""What the site of the screenshots holds: people, predictions of the invented films, and something in every list.

Imported once Django is set up; nothing here runs on a real site.
"""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.utils import translation

from genresite.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound, TooLarge, TooMany, Unavailable

PASSWORD = "correct horse battery"
LONG_TITLE = "The Extraordinarily Long and Winding Title of a Film That Nobody Ever Managed to Say in One Breath " * 2
LOST = "A family loses its way in the woods, and the youngest daughter hears the trees whisper her name each night. "


def furnish() -> dict[str, str]:
    """Fill the site.

    Returns:
        The pages of single things by name of picture, as the staff member "ann" sees them.
    """
    from genresite.accounts.models import User
    from genresite.accounts.services import create_token
    from genresite.celery import app
    from genresite.hooks.services.webhooks import create_webhook
    from movies.models import Movie
    from predictor.models import Job
    from predictor.services.batch_requests import request_batch
    from predictor.services.feedback import record_feedback
    from predictor.services.shares import create_share, read_token

    app.conf.task_always_eager = True
    ann = User.objects.create_user("ann", "ann@example.org", PASSWORD, is_staff=True)
    ben = User.objects.create_user("ben", "ben@example.org", PASSWORD)
    User.objects.create_user("nobody", "nobody@example.org", PASSWORD)
    made = _predict(ann)
    theirs = _predict(ben)
    said = record_feedback(prediction=theirs[0], author=ben, genres=("Mystery", "Horror"), note="More of a riddle.")
    record_feedback(prediction=theirs[1], author=ben, genres=("Comedy", "Romance", "Musical"))
    create_token(user=ann, name="Festival catalogue import", lifetime=None)
    rows = "".join(f'{number},"{film.plot}"\n' for number, film in enumerate(made[:3], 1)) + "4,short\n"
    batch = request_batch(owner=ann, upload=SimpleUploadedFile("festival.csv", f"id,plot\n{rows}".encode()))
    # One that waits, while no worker is there.
    Job.objects.create(kind=Job.Kind.CATALOGUE, requested_by=ann, total=3)
    settings.WEBHOOK_PRIVATE_HOSTS = ["localhost"]
    webhook, _secret = create_webhook(owner=ann, url="http://localhost/events", events=["batch.finished"])
    share = create_share(prediction=made[0], show_poster=True, show_plot=True)
    movie = Movie.objects.exclude(posters=None).order_by("pk")[0]
    return {
        "result": made[0].get_absolute_url(),
        "result-why": f"{made[0].get_absolute_url()}?explain={made[0].decided.all()[0].name}",
        "result-poster": made[3].get_absolute_url(),
        "result-long": made[4].get_absolute_url(),
        "film": movie.get_absolute_url(),
        "film-edit": f"{movie.get_absolute_url()}edit/",
        "batch": batch.get_absolute_url(),
        "webhook": f"/accounts/webhooks/{webhook.pk}/",
        "proposal": f"/review/proposals/{said.pk}/",
        "review-item": f"/review/{theirs[0].pk}/",
        "shared": f"/s/{read_token(share)}/",
    }


def _predict(owner: Any) -> list[Any]:
    from predictor.samples import SAMPLES
    from predictor.services.predictions import record_prediction

    made = [
        record_prediction(
            owner=owner, plot=film.plot, title=film.title, poster_bytes=film.read_poster_bytes(), origin="web"
        )
        for film in SAMPLES
    ]
    poster = SAMPLES[1].read_poster_bytes()
    made.append(record_prediction(owner=owner, plot="", title="", poster_bytes=poster, origin="web"))
    made.append(record_prediction(owner=owner, plot=LOST * 90, title=LONG_TITLE, poster_bytes=None, origin="web"))
    return made


def draw_errors(language: str = "en") -> dict[str, bytes]:
    """The pages of every kind of refusal, by status, as a stranger gets them."""
    with translation.override(language):
        return _draw_errors(language)


def _draw_errors(language: str) -> dict[str, bytes]:
    from django.contrib.auth.models import AnonymousUser

    from genresite.middleware import render_error
    from genresite.views import server_error

    often = "You have tried the models 20 times within an hour. Come back in 12 minutes."
    errors: dict[int, DomainError] = {
        400: InvalidInput("The request could not be read.", code="bad_request"),
        403: Forbidden("The style guide is for the people who run this site."),
        404: NotFound("There is nothing at this address, or it is not yours to see."),
        409: Conflict("You reviewed this item already: Drama. Undo that first, if you see it differently now."),
        413: TooLarge("The request is 48,234,496 bytes; at most 12,582,912 are accepted. A poster may have 10 MB."),
        429: TooMany(often, retry_after_seconds=720),
        503: Unavailable("The queue cannot be reached right now. Nothing was lost; please try again in a minute."),
    }
    request = RequestFactory().get("/somewhere/", headers={"referer": "/predict/"})
    request.user = AnonymousUser()
    request.LANGUAGE_CODE = language
    pages = {f"error-{status}": render_error(request, error).content for status, error in errors.items()}
    return pages | {"error-500": server_error(request).content}
