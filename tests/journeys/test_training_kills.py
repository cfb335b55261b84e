"""A training worker is killed where it hurts: nothing is lost, nothing is doubled, nothing is stuck."""

import io

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from movies.models import Genre, GenreLabel, Movie, Poster, SourceRecord
from movies.services import load_genres
from predictor import bundles, tasks
from predictor.ml.artifacts import read_manifest
from predictor.models import Activation, Job, ModelVersion, TrainedOn
from predictor.services.jobs import queue_job, reap_jobs
from predictor.services.training_requests import open_training
from predictor.services.versions import register_shipped_versions
from tests.factories import make_picture
from tests.journeys.workers import wait_until
from tests.predictor.label_maker import make_labelled_films

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the workers open the test's database file"),
]
SMALL = {"side_px": 16, "filters": [4], "dense_units": 4, "trainer": {"epochs": 2, "batch_size": 16}}


def make_labelled_posters(count: int) -> None:
    genres = [Genre.objects.get(name=name) for name in ("Horror", "Comedy")]
    for number in range(count):
        movie = Movie.objects.create(title=f"Poster number {number}")
        SourceRecord.objects.create(movie=movie, source="set", title=movie.title, kind="movie", may_train=True)
        GenreLabel.objects.create(movie=movie, genre=genres[number % 2], source="set")
        picture = io.BytesIO()
        make_picture(80, 120, (200 if number % 2 else 20, number % 250, 60)).save(picture, "WEBP", lossless=True)
        poster = Poster(movie=movie, sha256=f"{number:064x}", perceptual_hash=f"{number:016x}", width=80, height=120,
                        source="set", may_train=True)  # fmt: skip
        poster.file.save(f"{number}.webp", ContentFile(picture.getvalue()), save=False)
        poster.thumbnail.save(f"{number}-small.webp", ContentFile(picture.getvalue()), save=False)
        poster.save()


def ask_for(model_kind: str, recipe: str, **more: object) -> Job:
    job = open_training(model_kind=model_kind, recipe=recipe)
    Job.objects.filter(pk=job.pk).update(parameters={"recipe": recipe, **more})
    return queue_job(job, tasks.train)


def finish(services, job: Job) -> Job:
    """Let a sound worker take the job up, while somebody looks at the Jobs page now and then."""

    def over() -> bool:
        reap_jobs()
        job.refresh_from_db()
        return job.finished

    assert wait_until(over, 150), f"{job.state} {job.stage}\n{services.read_log()}"
    return job


def assert_made_once(job: Job) -> None:
    assert (job.state, job.failure) == ("succeeded", "")
    version = ModelVersion.objects.get(name__endswith=f"job{job.pk}", kind=job.model_kind)
    assert job.version == version and bundles.find_problem(bundles.find_folder(version.folder)) is None
    labels = list(TrainedOn.objects.filter(version=version).values_list("label", flat=True))
    films = job.outcome["films"]
    assert len(labels) == len(set(labels)) == films["train"] + films["validation"] > 0
    assert Activation.objects.filter(version=version).count() <= 1
    assert not list(bundles.find_folder(version.folder).parent.glob(".work/*"))


def test_killed_before_the_first_epoch_and_again_between_two(services):
    load_genres()
    make_labelled_posters(80)
    job = ask_for("poster", "cnn-scratch", settings=SMALL)
    services.kill_when_stalled(services.start_worker(stall_at="before the first epoch"))
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("running", 1)

    second = services.start_worker(stall_at="between epochs")
    assert wait_until(lambda: services.mark.exists() or (reap_jobs() and False), 150), services.read_log()
    services.kill_when_stalled(second)
    services.start_worker()
    finish(services, job)
    assert job.attempt == 3
    assert_made_once(job)
    history = read_manifest(bundles.find_folder(job.version.folder))["training"]["history"]
    assert [row["epoch"] for row in history] == [1.0, 2.0]


def test_killed_while_registering(services):
    load_genres()
    register_shipped_versions()
    make_labelled_films(60)
    job = ask_for("plot", "adapt-plot")
    services.kill_when_stalled(services.start_worker(stall_at="while registering"))
    # The bundle lies there whole; of the rows that belong together there is none.
    assert bundles.find_folder(f"plot-adapt-job{job.pk}") and not TrainedOn.objects.exists()
    assert not ModelVersion.objects.filter(name=f"plot-adapt-job{job.pk}").exists()
    services.start_worker()
    finish(services, job)
    assert job.attempt == 2
    assert_made_once(job)
    # The queue delivers the first message again some day: then there is nothing left to do.
    versions = ModelVersion.objects.count()
    tasks.train.run(job.pk)
    assert ModelVersion.objects.count() == versions
