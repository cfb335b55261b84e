"""Every address that shows rows, for `test_query_counts.py`: who asks, and what is asked for.

A line is `Listing(NAME, THINGS, PERSON, QUERY)`: the route's name in the URL map, the names of what `Crowd` made for
the arguments ("batch csv" for two), who asks, and a query string. `Crowd.grow` makes the rows: a list of something new
needs a line in `LISTS` and, unless it shows what is there already, a line in `Crowd.add`.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from genresite.accounts.services import create_token
from movies.images import read_poster
from movies.models import Genre
from movies.services import add_plot, attach_poster
from predictor.film_index import index
from predictor.models import Activation, Batch, Job, ModelVersion, TrainedOn, VersionAnswer
from predictor.services import batch_plans
from predictor.services.batch_runs import work_batch
from predictor.services.feedback import settle_feedback
from predictor.services.film_vectors import active_versions, comparable_films, make_vectors
from predictor.services.reviews import record_review
from predictor.services.shares import create_share
from tests.factories import make_feedback, make_movie, make_poster_bytes, make_prediction, make_user
from tests.genresite.hooks.makers import make_webhook
from tests.predictor.batch_maker import give_in, make_csv, make_export
from tests.predictor.fakes import SCARY, make_version


@dataclass(frozen=True)
class Listing:
    """One address that shows rows, and who asks for it; `cut` where it shows a few of many, or only counts them."""

    name: str
    things: str = ""
    person: str = "ann"
    query: str = ""
    cut: bool = False


LISTS = [
    # --- the project and a person's own pages
    Listing("home"),
    Listing("accounts:data", cut=True),
    Listing("accounts:download_data"),
    Listing("accounts:tokens"),
    Listing("webhooks:list"),
    Listing("webhooks:detail", "webhook"),
    # --- the catalogue's pages
    Listing("movies:list"),
    Listing("movies:list", query="?q=film&genre=western"),
    Listing("movies:detail", "movie"),
    Listing("movies:detail", "movie", "rita"),
    Listing("movies:edit", "movie"),
    # --- predictions' pages
    Listing("predictor:history"),
    Listing("predictor:history", person="rita"),
    Listing("predictor:detail", "prediction"),
    Listing("predictor:detail", "prediction", "rita"),
    Listing("predictor:shares"),
    Listing("predictor:similar_to_prediction", "prediction"),
    Listing("predictor:similar_to_film", "movie"),
    Listing("api-prediction-similar", "prediction"),
    Listing("api-movie-similar", "movie"),
    Listing("predictor:models"),
    Listing("predictor:models", person="sam"),
    Listing("predictor:changes"),
    Listing("predictor:changes", person="rita"),
    Listing("predictor:compare", query="?from=plot-fake-1&to=plot-later"),
    Listing("predictor:compare", person="rita", query="?from=plot-fake-1&to=plot-later"),
    Listing("predictor:jobs"),
    Listing("predictor:jobs", person="sam"),
    Listing("predictor:batches"),
    Listing("predictor:batches", person="rita"),
    Listing("predictor:batch", "batch"),
    Listing("predictor:batch_result", "batch csv"),
    Listing("predictor:exports"),
    # --- review
    Listing("predictor:review_item", "prediction", "rita"),
    Listing("predictor:review_done", person="rita"),
    Listing("predictor:review_habits", person="rita"),
    Listing("predictor:review_proposals", person="rita"),
    Listing("predictor:review_proposal", "feedback", "rita"),
    Listing("predictor:review_conflicts", person="rita"),
    Listing("predictor:review_conflict", "prediction", "rita"),
    # --- the API: a person's own, and files
    Listing("api-account-data"),
    Listing("api-token-list"),
    Listing("api-webhook-list"),
    Listing("api-delivery-list", "webhook"),
    Listing("api-batch-list"),
    Listing("api-batch-rows", "batch"),
    Listing("api-batch-result", "batch csv"),
    Listing("api-export-list"),
    Listing("api-export-stream", "catalogue csv", "rita"),
    Listing("api-export-stream", "labelled csv", "rita"),
    Listing("api-export-stream", "history csv"),
    Listing("api-export-stream", "corrections csv", "rita"),
    # --- the API: the catalogue
    Listing("api-genres"),
    Listing("api-movies"),
    Listing("api-movie", "movie"),
    Listing("api-plots", "movie"),
    Listing("api-posters", "movie"),
    # --- the API: predictions
    Listing("api-prediction-list"),
    Listing("api-prediction-list", person="rita"),
    Listing("api-prediction-detail", "prediction"),
    Listing("api-prediction-feedback", "prediction"),
    Listing("api-feedback-list"),
    Listing("api-feedback-list", person="rita"),
    Listing("api-review-list", person="rita"),
    Listing("api-review-proposals", person="rita"),
    Listing("api-review-conflicts", person="rita"),
    Listing("api-review-agreement", person="rita"),
    Listing("api-model-list"),
    Listing("api-model-compare", query="?from=plot-fake-1&to=plot-later"),
    Listing("api-model-drift", person="rita"),
    Listing("api-activation-list"),
    Listing("api-job-list"),
    Listing("api-job-list", person="sam"),
]

# Pages of one thing, forms, files and answers that show no rows; those of review's queue pick one item of many, and
# tests/predictor/services/test_review_queue.py counts what that costs.
NO_LISTS = {
    "health", "styleguide", "api-schema", "api-docs", "api-docs-group", "predictor:trial", "predictor:predict",
    "movies:create", "account_email", "movies:import", "predictor:about",
    "accounts:profile", "account_login", "account_logout", "account_inactive", "account_signup",
    "account_reauthenticate", "account_email_verification_sent", "account_change_password", "account_set_password",
    "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "account_confirm_email", "account_confirm_login_code",
    "movies:poster", "predictor:poster", "predictor:explanation_poster", "predictor:export_file", "predictor:review",
    "predictor:import_history", "predictor:shared", "predictor:shared_poster", "predictor:shared_heat",
    "api-prediction-share",
    "api-account", "api-token-detail", "api-webhook-detail", "api-batch-detail", "api-export-detail",
    "api-export-file", "api-genre", "api-poster-image", "api-prediction-poster", "api-prediction-explanation",
    "api-review-next", "api-job-detail",
}  # fmt: skip


class Crowd:
    """Rows of everything, as many as asked for; the first two are as varied as all."""

    def __init__(self, people: dict[str, Any]) -> None:
        self.people, self.size = people, 0
        self.things: dict[str, Any] = {
            name: name for name in ("csv", "catalogue", "labelled", "history", "corrections")
        }
        self.active = ModelVersion.objects.get(kind="plot", state="active")
        self.later = make_version(name="plot-later", state="candidate")
        self.webhook = make_webhook(people["ann"])
        self.things |= {"webhook": self.webhook.pk}

    def grow(self, size: int) -> None:
        """Make rows until there are so many of each."""
        for number in range(self.size, size):
            self.add(number)
        self.size = size
        self._compare()
        batch = self.things["batch"] = give_in(self.people["ann"], make_csv(size, bad=(1,))).pk
        work(Batch.objects.get(pk=batch))

    def _compare(self) -> None:
        """Make the films comparable."""
        versions = active_versions()
        films = comparable_films(versions).prefetch_related("plots", "posters")
        make_vectors(films=list(films), versions=versions)
        index.forget()

    def add(self, number: int) -> None:
        """One row more of everything, and one more on the first film, prediction, and webhook."""
        ann, person = self.people["ann"], make_user(f"person-{number}")
        movie = make_movie(f"Film {number}", genres=("War", "Western"), plot=f"{SCARY} {number}", person=ann)
        poster = make_poster_bytes(colour=(40 + number, 90, 90))
        attach_poster(movie=movie, poster=read_poster(poster), source="demo", person=ann)
        made = make_prediction(ann, plot=f"{SCARY} {number}", poster_bytes=poster, movie=movie)
        said = make_feedback(made, ann, "War", "Comedy")
        first = self._first(movie, made, said)
        add_plot(movie=first[0], text=f"{SCARY} Once more {number}.", source="demo", licence="CC0-1.0", person=ann)
        attach_poster(
            movie=first[0], poster=read_poster(make_poster_bytes(colour=(9, 9, 40 + number))), source="demo", person=ann
        )
        another = make_prediction(ann, plot=f"{SCARY} Another {number}", movie=first[0])
        create_share(prediction=another)
        make_feedback(first[1], person, "Drama", "War")
        self._review(number)
        self._version(number, made, movie, said)
        self._owned(number)

    def _first(self, movie: Any, made: Any, said: Any) -> tuple[Any, Any]:
        if self.things.get("movie") is None:
            self.first = (movie, made)
            self.things |= {"movie": movie.pk, "prediction": made.pk, "feedback": said.pk}
        return self.first

    def _review(self, number: int) -> None:
        """A settled correction, and an item that two reviewers see differently."""
        ann, rita, sam = self.people["ann"], self.people["rita"], self.people["sam"]
        settled = make_feedback(make_prediction(ann, plot=f"{SCARY} Settled {number}"), ann, "War")
        settle_feedback(feedback=settled, reviewer=rita, accept=True)
        contested = make_prediction(ann, plot=f"{SCARY} Contested {number}", movie=make_movie(f"Contested {number}"))
        record_review(prediction=contested, reviewer=rita, genres=["War"])
        record_review(prediction=contested, reviewer=sam, genres=["Comedy"])

    def _version(self, number: int, made: Any, movie: Any, said: Any) -> None:
        """A version that learned from the films, and what two versions say of a prediction."""
        version = make_version(name=f"plot-candidate-{number}", state="candidate")
        ModelVersion.objects.filter(pk=version.pk).update(parent=self.active, activated_by=self.people["sam"])
        Activation.objects.create(
            kind="plot", version=self.active, previous=version, person=self.people["sam"], reason="overruled"
        )
        for label, facts in (("movie", {"movie": movie}), ("feedback", {"feedback": said})):
            TrainedOn.objects.create(version=self.active, label=f"{label}:{number}", split="train", **facts)
        TrainedOn.objects.create(version=version, label=f"movie:{self.first[0].pk}", split="train", movie=self.first[0])
        Job.objects.create(
            kind="training", model_kind="plot", state="succeeded", requested_by=self.people["sam"], version=version
        )
        for each, decided in ((self.active, "|Horror|"), (self.later, "|War|")):
            VersionAnswer.objects.create(
                version=each, prediction=made, owner=made.owner, decided=decided, decided_count=1, unsure=False,
                scores={"Comedy": 0.2, "Horror": 0.8, "War": 0.6, "Western": 0.1},
            )  # fmt: skip

    def _owned(self, number: int) -> None:
        """What a person has besides predictions."""
        ann = self.people["ann"]
        create_token(user=ann, name=f"program {number}", lifetime=timedelta(days=number + 1))
        make_webhook(ann, f"https://example.org/hook/{number}").deliveries.create(event="test", payload={})
        self.webhook.deliveries.create(event="test", payload={}, state="failed", finished_at=timezone.now())
        Job.objects.create(kind=Job.Kind.CATALOGUE, requested_by=ann, total=3, state="succeeded")
        make_export(ann)
        work(give_in(ann, make_csv(2, bad=(number % 2,))))
        Genre.objects.create(name=f"Genre {number}", slug=f"genre-{number}")


def work(batch: Batch) -> None:
    """Read the batch's file and predict its rows, as the queue would."""
    batch_plans.read_batch(job_id=batch.job_id)
    work_batch(job_id=batch.job_id, worker="w")
