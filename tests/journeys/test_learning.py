"""A person corrects, the site learns: import, predict, correct, accept, train for real, promote, roll back."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from movies.models import Movie
from movies.services import load_genres
from predictor import pipelines
from predictor.ml.ngrams import split_words
from predictor.ml.splits import assign_split
from predictor.models import Feedback, Job, ModelVersion, Prediction
from predictor.services.feedback import record_feedback
from predictor.services.predictions import record_prediction
from predictor.services.versions import register_shipped_versions
from predictor.training_data import SHARES
from tests.factories import make_user
from tests.journeys.workers import wait_until
from tests.predictor.label_maker import tell_plot

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the worker opens the test's database file"),
]
PLOT = "A zorblax looks for a widow near the harbour. Years later, in a castle, it hides the child again."


def sign_in(name: str, role: str = "user") -> Client:
    client = Client()
    client.force_login(make_user(name, role))
    return client


def import_films(tmp_path) -> None:
    rows = [f'Ordinary film {number},"{tell_plot(2 * number + 1, zorblax=False)}",Drama' for number in range(80)]
    file = tmp_path / "films.csv"
    file.write_text("\n".join(["title,plot,genre", *rows]))
    call_command("import_movies", str(file), format="plots-csv", source="mine", may_train=True, verbosity=0)
    assert Movie.objects.count() == 80


def find_title_to_learn_from() -> str:
    """A title that the site learns from rather than measures on."""
    titles = (f"Zorblax part {number}" for number in range(100))
    return next(title for title in titles if assign_split(" ".join(split_words(title)), SHARES) == "train")


def predict(client: Client, title: str) -> Prediction:
    sent = {"plot": PLOT, "title": title}
    assert client.post("/api/v1/predictions/", sent, content_type="application/json").status_code == 201
    return Prediction.objects.latest("pk")


def genres_of(prediction: Prediction) -> set[str]:
    return set(prediction.decided.values_list("name", flat=True))


def test_a_correction_changes_what_the_site_answers(services, tmp_path):
    load_genres()
    register_shipped_versions()
    import_films(tmp_path)
    ann, rita, sam = sign_in("ann"), sign_in("rita", "reviewer"), sign_in("sam", "staff")
    title = find_title_to_learn_from()
    first = predict(ann, title)
    assert "Western" not in genres_of(first)

    ann.post(f"/predictions/{first.pk}/feedback/", {"genres": ["Western"]})
    correction = Feedback.objects.get()
    rita.post(f"/feedback/{correction.pk}/settle/", {"verdict": "accept"})
    correction.refresh_from_db()
    assert correction.state == "accepted"
    reviewer = correction.settled_by
    for number in range(40):
        told = record_prediction(
            owner=reviewer, origin="web", plot=tell_plot(2 * number, zorblax=True), title=f"Sequel {number}"
        )
        record_feedback(prediction=told, author=reviewer, genres=["Western"])

    assert sam.post("/models/train/", {"recipe": "adapt-plot"}).status_code == 302
    assert "already" in sam.post("/models/train/", {"recipe": "adapt-plot"}).content.decode()
    job = Job.objects.get()
    services.start_worker()
    assert wait_until(lambda: Job.objects.get(pk=job.pk).finished, 150), services.read_log()
    job.refresh_from_db()
    assert (job.state, job.outcome.get("result")) == ("succeeded", "promoted"), (job.failure, job.outcome)

    # This process has the old version loaded; it was not told of the new one.
    second = predict(ann, title)
    assert "Western" in genres_of(second)
    assert second.parts.get().version == job.version
    assert correction.trained_versions.get(split="train").version == job.version
    page = sam.get("/models/").content.decode()
    assert job.version.name in page and "Roll back to" in page

    before = ModelVersion.objects.get(pk=job.version.parent_id)
    sam.post("/models/rollback/", {"kind": "plot", "note": "to see whether it works"})
    assert ModelVersion.objects.get(kind="plot", state="active") == before
    assert "Western" not in genres_of(predict(ann, title))
    pipelines.forget_loaded()
