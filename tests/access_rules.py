"""Who may use which address: one line per route and method, for `test_permissions.py`.

A line is `Route(NAME, METHOD, RULE, THINGS, BODY)`: the route's name in the URL map, a method that it takes, one of the
rules below, the names of what `make_things` makes of ann's for the arguments ("movie poster" for two), and what
to send (`body`, `query`) where nothing would be refused before anybody asks who is there.
"""

from dataclasses import dataclass, field
from typing import Any

ROLES = ("anonymous", "owner", "other", "reviewer", "staff")
# What each role gets: "ok" is any answer but a refusal (400 and 409 come after the check of who asks).
OK, SIGN_IN, FORBIDDEN, NOT_FOUND = "ok", "sign in", "forbidden", "not found"


@dataclass(frozen=True)
class Rule:
    """What each role is answered."""

    anonymous: str
    owner: str
    other: str
    reviewer: str
    staff: str


PUBLIC = Rule(OK, OK, OK, OK, OK)
SIGNED_IN = Rule(SIGN_IN, OK, OK, OK, OK)
OWNED = Rule(SIGN_IN, OK, NOT_FOUND, OK, OK)
PRIVATE = Rule(SIGN_IN, OK, NOT_FOUND, NOT_FOUND, NOT_FOUND)
EDITORS = Rule(SIGN_IN, OK, FORBIDDEN, OK, OK)
REVIEWERS = Rule(SIGN_IN, FORBIDDEN, FORBIDDEN, OK, OK)
SETTLERS = Rule(SIGN_IN, FORBIDDEN, NOT_FOUND, OK, OK)
DELETERS = Rule(SIGN_IN, OK, NOT_FOUND, FORBIDDEN, OK)
STAFF = Rule(SIGN_IN, FORBIDDEN, FORBIDDEN, FORBIDDEN, OK)


@dataclass(frozen=True)
class Route:
    """One address and method, who may use it, and what it takes."""

    name: str
    method: str
    rule: Rule
    things: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    query: str = ""


ROUTES = [
    # --- the project
    Route("home", "GET", PUBLIC),
    Route("health", "GET", PUBLIC),
    Route("styleguide", "GET", STAFF),
    Route("set_language", "POST", PUBLIC, "", {"language": "en"}),
    Route("predictor:trial", "GET", PUBLIC),
    Route("predictor:trial", "POST", PUBLIC),
    Route("predictor:save_film", "POST", PRIVATE, "prediction", {"title": "Another film"}),
    Route("api-schema", "GET", PUBLIC),
    Route("api-docs", "GET", PUBLIC),
    Route("api-docs-group", "GET", PUBLIC, "group"),
    # --- a person's own pages
    Route("accounts:profile", "GET", SIGNED_IN),
    Route("accounts:data", "GET", SIGNED_IN),
    Route("accounts:download_data", "GET", SIGNED_IN),
    Route("accounts:delete", "POST", SIGNED_IN),
    Route("accounts:tokens", "GET", SIGNED_IN),
    Route("accounts:create_token", "POST", SIGNED_IN),
    Route("accounts:revoke_token", "POST", PRIVATE, "token"),
    Route("webhooks:list", "GET", SIGNED_IN),
    Route("webhooks:create", "POST", SIGNED_IN),
    Route("webhooks:detail", "GET", PRIVATE, "webhook"),
    Route("webhooks:edit", "POST", PRIVATE, "webhook"),
    Route("webhooks:switch", "POST", PRIVATE, "webhook"),
    Route("webhooks:rotate", "POST", PRIVATE, "webhook"),
    Route("webhooks:test", "POST", PRIVATE, "webhook"),
    Route("webhooks:delete", "POST", PRIVATE, "webhook"),
    Route("webhooks:replay", "POST", PRIVATE, "webhook delivery"),
    # --- django-allauth: the way in is for everybody, changes are for who is signed in
    Route("account_login", "GET", PUBLIC),
    Route("account_login", "POST", PUBLIC),
    Route("account_logout", "GET", PUBLIC),
    Route("account_logout", "POST", PUBLIC),
    Route("account_inactive", "GET", PUBLIC),
    Route("account_signup", "GET", PUBLIC),
    Route("account_signup", "POST", PUBLIC),
    Route("account_reauthenticate", "GET", SIGNED_IN),
    Route("account_reauthenticate", "POST", SIGNED_IN),
    Route("account_email", "GET", SIGNED_IN),
    Route("account_email", "POST", SIGNED_IN),
    Route("account_email_verification_sent", "GET", PUBLIC),
    Route("account_change_password", "GET", SIGNED_IN),
    Route("account_change_password", "POST", SIGNED_IN),
    Route("account_set_password", "GET", SIGNED_IN),
    Route("account_set_password", "POST", SIGNED_IN),
    Route("account_reset_password", "GET", PUBLIC),
    Route("account_reset_password", "POST", PUBLIC),
    Route("account_reset_password_done", "GET", PUBLIC),
    Route("account_reset_password_from_key", "GET", PUBLIC, "reset_user reset_key"),
    Route("account_reset_password_from_key_done", "GET", PUBLIC),
    Route("account_confirm_email", "GET", PUBLIC, "email_key"),
    # Answers only during a sign-in by code, which this site does not offer: everybody is sent to the sign-in page.
    Route("account_confirm_login_code", "GET", Rule(SIGN_IN, OK, OK, OK, OK)),
    # --- the catalogue's pages
    Route("movies:list", "GET", SIGNED_IN),
    Route("movies:import", "GET", STAFF),
    Route("movies:import", "POST", STAFF),
    Route("movies:create", "GET", SIGNED_IN),
    Route("movies:create", "POST", SIGNED_IN),
    Route("movies:detail", "GET", SIGNED_IN, "movie"),
    Route("movies:edit", "GET", EDITORS, "movie"),
    Route("movies:edit", "POST", EDITORS, "movie"),
    Route("movies:poster", "GET", SIGNED_IN, "poster"),
    # --- predictions' pages
    Route("predictor:predict", "GET", SIGNED_IN),
    Route("predictor:predict", "POST", SIGNED_IN),
    Route("predictor:history", "GET", SIGNED_IN),
    Route("predictor:import_history", "GET", STAFF),
    Route("predictor:import_history", "POST", STAFF),
    Route("predictor:detail", "GET", OWNED, "prediction"),
    Route("predictor:poster", "GET", OWNED, "prediction"),
    Route("predictor:explanation_poster", "GET", OWNED, "prediction", query="?genre=Horror"),
    Route("predictor:feedback", "POST", OWNED, "prediction"),
    Route("predictor:similar_to_prediction", "GET", OWNED, "prediction"),
    Route("predictor:similar_to_film", "GET", SIGNED_IN, "movie"),
    Route("predictor:request_vectors_job", "POST", REVIEWERS),
    Route("predictor:share", "POST", PRIVATE, "prediction"),
    Route("predictor:revoke_share", "POST", PRIVATE, "prediction"),
    Route("predictor:shares", "GET", SIGNED_IN),
    Route("predictor:shared", "GET", PUBLIC, "share"),
    Route("predictor:shared_poster", "GET", PUBLIC, "share"),
    Route("predictor:shared_heat", "GET", PUBLIC, "share", query="?genre=Horror"),
    Route("predictor:settle", "POST", SETTLERS, "feedback", {"verdict": "accept"}),
    Route("predictor:models", "GET", SIGNED_IN),
    Route("predictor:changes", "GET", SIGNED_IN),
    Route("predictor:compare", "GET", SIGNED_IN),
    Route("predictor:request_rerun", "POST", SIGNED_IN, body={"version": "plot-fake-1", "scope": "history"}),
    Route("predictor:about", "GET", PUBLIC),
    Route("predictor:review", "GET", REVIEWERS),
    Route("predictor:review_item", "GET", REVIEWERS, "prediction"),
    Route("predictor:review_item", "POST", REVIEWERS, "prediction", {"verdict": "skip"}),
    Route("predictor:review_done", "GET", REVIEWERS),
    Route("predictor:review_undo", "POST", Rule(SIGN_IN, FORBIDDEN, FORBIDDEN, NOT_FOUND, NOT_FOUND), "feedback"),
    Route("predictor:review_habits", "GET", REVIEWERS),
    Route("predictor:review_habits", "POST", REVIEWERS, "", {"daily_goal": 9}),
    Route("predictor:review_proposals", "GET", REVIEWERS),
    Route("predictor:review_proposals", "POST", REVIEWERS),
    Route("predictor:review_proposal", "GET", REVIEWERS, "feedback"),
    Route("predictor:review_proposal", "POST", REVIEWERS, "feedback"),
    Route("predictor:review_conflicts", "GET", REVIEWERS),
    Route("predictor:review_conflict", "GET", REVIEWERS, "prediction"),
    Route("predictor:review_conflict", "POST", REVIEWERS, "prediction"),
    Route("predictor:jobs", "GET", SIGNED_IN),
    Route("predictor:request_catalogue_job", "POST", REVIEWERS),
    Route("predictor:cancel_job", "POST", OWNED, "job"),
    Route("predictor:retry_job", "POST", OWNED, "job"),
    Route("predictor:train", "POST", STAFF, body={"recipe": "adapt-plot"}),
    Route("predictor:promote", "POST", STAFF, "version"),
    Route("predictor:rollback", "POST", STAFF, body={"kind": "plot"}),
    # --- the API: a person's own
    Route("api-account", "GET", SIGNED_IN),
    Route("api-account", "DELETE", SIGNED_IN),
    Route("api-account-data", "GET", SIGNED_IN),
    Route("api-token-list", "GET", SIGNED_IN),
    Route("api-token-list", "POST", SIGNED_IN),
    Route("api-token-detail", "GET", PRIVATE, "token"),
    Route("api-token-detail", "DELETE", PRIVATE, "token"),
    # --- batches and their pages
    Route("predictor:batches", "GET", SIGNED_IN),
    Route("predictor:batches", "POST", SIGNED_IN),
    Route("predictor:batch", "GET", OWNED, "batch"),
    Route("predictor:batch_result", "GET", OWNED, "batch form"),
    Route("predictor:cancel_batch", "POST", OWNED, "batch"),
    Route("predictor:retry_batch", "POST", OWNED, "batch"),
    Route("predictor:delete_batch", "POST", DELETERS, "batch"),
    Route("api-batch-list", "GET", SIGNED_IN),
    Route("api-batch-list", "POST", SIGNED_IN),
    Route("api-batch-detail", "GET", OWNED, "batch"),
    Route("api-batch-detail", "DELETE", DELETERS, "batch"),
    Route("api-batch-rows", "GET", OWNED, "batch"),
    Route("api-batch-result", "GET", OWNED, "batch form"),
    Route("api-batch-cancel", "POST", OWNED, "batch"),
    Route("api-batch-retry", "POST", OWNED, "batch"),
    Route("api-webhook-list", "GET", SIGNED_IN),
    Route("api-webhook-list", "POST", SIGNED_IN),
    Route("api-webhook-detail", "GET", PRIVATE, "webhook"),
    Route("api-webhook-detail", "PATCH", PRIVATE, "webhook"),
    Route("api-webhook-detail", "DELETE", PRIVATE, "webhook"),
    Route("api-webhook-secret", "POST", PRIVATE, "webhook"),
    Route("api-webhook-test", "POST", PRIVATE, "webhook"),
    Route("api-delivery-list", "GET", PRIVATE, "webhook"),
    Route("api-delivery-replay", "POST", PRIVATE, "webhook delivery"),
    # --- exports: what somebody could see, in a file of their own
    Route("predictor:exports", "GET", SIGNED_IN),
    Route("predictor:exports", "POST", SIGNED_IN, body={"subject": "history", "form": "csv"}),
    Route("predictor:export_file", "GET", PRIVATE, "export"),
    Route("predictor:delete_export", "POST", PRIVATE, "export"),
    Route("api-export-list", "GET", SIGNED_IN),
    Route("api-export-list", "POST", REVIEWERS, body={"subject": "labelled", "form": "csv"}),
    Route("api-export-detail", "GET", PRIVATE, "export"),
    Route("api-export-detail", "DELETE", PRIVATE, "export"),
    Route("api-export-file", "GET", PRIVATE, "export"),
    Route("api-export-stream", "GET", REVIEWERS, "catalogue form"),
    # --- the API: the catalogue
    Route("api-genres", "GET", SIGNED_IN),
    Route("api-genre", "GET", SIGNED_IN, "genre"),
    Route("api-imports", "POST", STAFF),
    Route("api-history-imports", "POST", STAFF),
    Route("api-movies", "GET", SIGNED_IN),
    Route("api-movies", "POST", SIGNED_IN),
    Route("api-movie", "GET", SIGNED_IN, "movie"),
    Route("api-movie", "PATCH", EDITORS, "movie"),
    Route("api-plots", "GET", SIGNED_IN, "movie"),
    Route("api-plots", "POST", EDITORS, "movie"),
    Route("api-posters", "GET", SIGNED_IN, "movie"),
    Route("api-posters", "POST", EDITORS, "movie"),
    Route("api-poster-image", "GET", SIGNED_IN, "movie poster"),
    # --- the API: predictions
    Route("api-prediction-list", "GET", SIGNED_IN),
    Route("api-prediction-list", "POST", SIGNED_IN),
    Route("api-prediction-detail", "GET", OWNED, "prediction"),
    Route("api-prediction-poster", "GET", OWNED, "prediction"),
    Route("api-prediction-explanation", "GET", OWNED, "prediction", query="?genre=Horror"),
    Route("api-prediction-feedback", "GET", OWNED, "prediction"),
    Route("api-prediction-feedback", "PUT", OWNED, "prediction"),
    Route("api-prediction-similar", "GET", OWNED, "prediction"),
    Route("api-movie-similar", "GET", SIGNED_IN, "movie"),
    Route("api-prediction-share", "GET", PRIVATE, "prediction"),
    Route("api-prediction-share", "POST", PRIVATE, "prediction"),
    Route("api-prediction-share", "DELETE", PRIVATE, "prediction"),
    Route("api-feedback-list", "GET", SIGNED_IN),
    Route("api-feedback-detail", "PATCH", SETTLERS, "feedback", {"state": "accepted"}),
    Route("api-review-list", "GET", REVIEWERS),
    Route("api-review-list", "POST", REVIEWERS),
    Route("api-review-next", "GET", REVIEWERS),
    Route("api-review-later", "POST", REVIEWERS),
    Route("api-review-undo", "POST", Rule(SIGN_IN, FORBIDDEN, FORBIDDEN, NOT_FOUND, NOT_FOUND), "feedback"),
    Route("api-review-proposals", "GET", REVIEWERS),
    Route("api-review-proposals", "POST", REVIEWERS),
    Route("api-review-conflicts", "GET", REVIEWERS),
    Route("api-review-conflict", "POST", REVIEWERS, "prediction"),
    Route("api-review-agreement", "GET", REVIEWERS),
    Route("api-model-list", "GET", SIGNED_IN),
    Route("api-model-compare", "GET", SIGNED_IN),
    Route("api-model-drift", "GET", REVIEWERS),
    Route("api-model-reruns", "POST", SIGNED_IN, body={"version": "plot-fake-1"}),
    Route("api-job-list", "GET", SIGNED_IN),
    Route("api-job-list", "POST", REVIEWERS, body={"kind": "catalogue"}),
    Route("api-job-detail", "GET", OWNED, "job"),
    Route("api-job-cancel", "POST", OWNED, "job"),
    Route("api-job-retry", "POST", OWNED, "job"),
    Route("api-activation-list", "GET", SIGNED_IN),
    Route("api-model-rollback", "POST", STAFF, body={"kind": "plot"}),
    Route("api-model-promote", "POST", STAFF, "version"),
]


def make_things(ann: Any) -> dict[str, Any]:
    """What ann has of everything; a route names these for the arguments of its address."""
    from allauth.account.forms import default_token_generator
    from allauth.account.models import EmailAddress, EmailConfirmationHMAC
    from allauth.account.utils import user_pk_to_url_str

    from genresite.accounts.services import create_token
    from movies.images import read_poster
    from movies.services import attach_poster
    from predictor.models import Job, ModelVersion
    from predictor.services.shares import create_share, read_token
    from tests.factories import make_feedback, make_movie, make_poster_bytes, make_prediction
    from tests.genresite.hooks.makers import make_webhook
    from tests.predictor.batch_maker import give_in, make_export

    movie = make_movie(person=ann)
    webhook = make_webhook(ann)
    email = EmailAddress.objects.create(user=ann, email=ann.email, primary=True)
    prediction = make_prediction(ann, poster_bytes=make_poster_bytes())
    return {
        "movie": movie.pk,
        "poster": attach_poster(movie=movie, poster=read_poster(make_poster_bytes()), source="demo", person=ann).pk,
        "genre": "western",
        "batch": give_in(ann).pk,
        "form": "csv",
        "export": make_export(ann).pk,
        "group": "predictions",
        "catalogue": "catalogue",
        "prediction": prediction.pk,
        "share": read_token(create_share(prediction=prediction, show_poster=True)),
        "feedback": make_feedback(prediction, ann).pk,
        "version": ModelVersion.objects.get(kind="plot").pk,
        "job": Job.objects.create(kind=Job.Kind.CATALOGUE, requested_by=ann, total=3).pk,
        "webhook": webhook.pk,
        "delivery": webhook.deliveries.create(event="test", payload={}, state="failed").pk,
        "token": create_token(user=ann, name="import", lifetime=None)[0].token_key,
        "email_key": EmailConfirmationHMAC(email).key,
        "reset_user": user_pk_to_url_str(ann),
        "reset_key": default_token_generator.make_token(ann),
    }
