"""The work of a catalogue job."""

from datetime import timedelta

import pytest
from django.utils import timezone

from movies.images import read_poster
from movies.models import Plot
from movies.services import attach_poster
from predictor import pipelines
from predictor.models import Job, ModelVersion, Prediction
from predictor.services import batches
from predictor.services.batches import count_waiting_films, run_catalogue
from predictor.services.job_states import Claim
from tests.factories import make_movie, make_poster_bytes, make_prediction
from tests.predictor.fakes import FUNNY, GREEN, SCARY, make_version


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def job(rita) -> Job:
    return Job.objects.create(kind="catalogue", requested_by=rita)


def run(job: Job) -> Job:
    run_catalogue(job_id=job.pk)
    job.refresh_from_db()
    return job


def test_films_without_genres_that_have_something_to_go_by_are_predicted(rita, fake_models, job):
    make_movie("labelled", genres=("Drama",), plot=SCARY)
    make_movie("bare")
    plotted = make_movie("plotted", plot=SCARY)
    both = make_movie("both", plot=FUNNY)
    attach_poster(movie=both, poster=read_poster(make_poster_bytes(colour=GREEN)))
    run(job)
    assert (job.state, job.done, job.total) == ("succeeded", 2, 2)
    assert job.outcome == {"predicted": 2, "skipped": 0, "problems": []}
    made = {p.movie.title: (p.kind, p.owner, p.origin) for p in Prediction.objects.select_related("movie", "owner")}
    assert made == {"plotted": ("plot", rita, "job"), "both": ("both", rita, "job")}
    assert plotted.labels.count() == 0


def test_what_was_answered_already_is_left_out_until_the_version_changes(rita, ann, fake_models):
    movie = make_movie(plot=SCARY)
    make_prediction(ann, movie=movie)
    assert count_waiting_films(rita) == 1
    make_prediction(rita, movie=movie)
    assert count_waiting_films(rita) == 0
    ModelVersion.objects.filter(kind="plot").update(state="retired")
    make_version("plot", "plot-fake-2")
    assert count_waiting_films(rita) == 1


def test_a_job_of_many_chunks_reports_and_counts(rita, fake_models, job, monkeypatch):
    monkeypatch.setattr(batches, "CHUNK_FILMS", 2)
    for number in range(5):
        make_movie(f"film {number}", plot=SCARY)
    run(job)
    assert (job.state, job.done, job.total, job.outcome["predicted"]) == ("succeeded", 5, 5, 5)


def test_a_film_that_cannot_be_read_is_named_and_the_job_goes_on(rita, fake_models, job):
    make_movie("good", plot=SCARY)
    Plot.objects.create(movie=make_movie("bad"), text="short", source="x")
    lost = make_movie("lost")
    attach_poster(movie=lost, poster=read_poster(make_poster_bytes()))
    lost.posters.get().file.storage.delete(lost.posters.get().file.name)
    run(job)
    assert (job.state, job.done, job.outcome["predicted"], job.outcome["skipped"]) == ("succeeded", 3, 1, 2)
    assert [problem["title"] for problem in job.outcome["problems"]] == ["bad", "lost"]


def test_a_cancelled_job_stops_after_its_chunk_and_keeps_what_it_has(rita, fake_models, job, monkeypatch):
    monkeypatch.setattr(batches, "CHUNK_FILMS", 1)
    for number in range(3):
        make_movie(f"film {number}", plot=SCARY)
    inner = pipelines.predict

    def cancel_meanwhile(films, **kwargs):
        Job.objects.update(cancel_requested=True)
        return inner(films, **kwargs)

    monkeypatch.setattr(pipelines, "predict", cancel_meanwhile)
    run(job)
    assert (job.state, job.done, Prediction.objects.count()) == ("cancelled", 1, 1)


def test_a_job_of_a_lost_worker_goes_on_with_what_is_left(rita, fake_models, job):
    first = make_movie("first", plot=SCARY)
    make_movie("second", plot=FUNNY)
    make_prediction(rita, movie=first, origin="job")
    silent = timezone.now() - timedelta(minutes=10)
    Job.objects.update(
        state="running", attempt=1, heartbeat_at=silent, done=1, total=2, outcome={"predicted": 1, "skipped": 0}
    )
    run(job)
    assert (job.state, job.done, job.total, job.outcome["predicted"]) == ("succeeded", 2, 2, 2)
    assert Prediction.objects.count() == 2


def test_delivered_twice_it_works_once(rita, fake_models, job):
    make_movie(plot=SCARY)
    run(job)
    assert run_catalogue(job_id=job.pk) is Claim.OVER
    Job.objects.update(state="running", heartbeat_at=timezone.now())
    assert run_catalogue(job_id=job.pk) is Claim.BUSY
    assert Prediction.objects.count() == 1


def test_a_missing_model_fails_the_job_in_words(rita, db, job):
    make_movie(plot=SCARY)
    run(job)
    assert job.state == "failed" and "No model for plots" in job.failure


def test_an_unforeseen_failure_is_told_without_its_inside(rita, fake_models, job, monkeypatch):
    make_movie(plot=SCARY)
    monkeypatch.setattr(pipelines, "predict", lambda films: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_catalogue(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == "failed" and "zero" not in job.failure and job.failure
