"""Pictures and files in an object store that speaks S3; moto answers in its place."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from movies.models import Movie, Poster
from predictor.models import Batch, Export, Prediction
from predictor.services import batch_plans
from predictor.services.batch_requests import delete_batch, retry_batch
from predictor.services.batch_runs import work_batch
from predictor.services.exports import delete_export
from tests.factories import make_movie, make_poster_bytes
from tests.predictor.batch_maker import CSV, give_in, make_export, make_posters, make_zip
from tests.predictor.conftest import fake_models  # noqa: F401 - a fixture
from tests.predictor.fakes import GREEN

moto = pytest.importorskip("moto")
BUCKET = "films"


@pytest.fixture(autouse=True)
def bucket(settings, monkeypatch) -> Iterator[Any]:
    """An empty bucket that the site keeps its files in, as docs/operations.md says."""
    import boto3

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with moto.mock_aws():
        store = boto3.resource("s3", region_name="us-east-1").create_bucket(Bucket=BUCKET)
        options = {"bucket_name": BUCKET, "querystring_auth": True, "file_overwrite": False}
        settings.STORAGES = {
            **settings.STORAGES, "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
        }  # fmt: skip
        yield store


def kept(store) -> set[str]:
    return {item.key for item in store.objects.all()}


def test_a_poster_and_its_thumbnail_are_kept_and_shown(sam, client_for, bucket):
    movie = make_movie("Dusk")
    upload = SimpleUploadedFile("poster.png", make_poster_bytes(width=600, height=900), "image/png")
    answer = client_for(sam).post(f"/api/v1/movies/{movie.pk}/posters/", {"poster": upload})
    assert answer.status_code == 201, answer.content
    poster = Poster.objects.get()
    assert kept(bucket) == {poster.file.name, poster.thumbnail.name}
    for size in ("", "?size=thumbnail"):
        shown = client_for(sam).get(f"/catalogue/posters/{poster.pk}/{size}")
        assert shown.status_code == 200 and b"".join(shown)[8:12] == b"WEBP"
    assert client_for(sam).get("/catalogue/").status_code == 200


def test_a_predicted_poster_is_kept_shown_and_handed_out(ann, client_for, fake_models, bucket):  # noqa: F811
    upload = SimpleUploadedFile("poster.png", make_poster_bytes(colour=GREEN), "image/png")
    answer = client_for(ann).post("/api/v1/predictions/", {"poster": upload})
    prediction = Prediction.objects.get()
    assert answer.json()["genres"] == ["Horror"]
    assert kept(bucket) == {prediction.poster_file.name, prediction.poster_thumbnail.name}
    assert b"".join(client_for(ann).get(f"/predictions/{prediction.pk}/poster/"))[8:12] == b"WEBP"
    own = BytesIO(b"".join(client_for(ann).get("/accounts/data/download/")))
    with zipfile.ZipFile(own) as archive:
        assert prediction.poster_file.name.rsplit("/")[-1] in {name.rsplit("/")[-1] for name in archive.namelist()}


@pytest.mark.parametrize(
    ("data", "name", "count"),
    [
        (CSV, "films.csv", 4),
        (make_zip({**make_posters(), "list.csv": b"id,poster\n1,green.png\n2,gone.png\n"}), "films.zip", 2),
    ],
    ids=["list", "archive"],
)
def test_a_batch_is_read_worked_off_tried_again_and_deleted(
    ann,
    fake_models,  # noqa: F811
    bucket,
    data,
    name,
    count,
    django_capture_on_commit_callbacks,
):
    batch = give_in(ann, data, name)
    assert kept(bucket) == {batch.source.name} and batch.source.size == len(data)
    batch_plans.read_batch(job_id=batch.job_id)
    work_batch(job_id=batch.job_id, worker="w")
    batch = Batch.objects.select_related("job", "owner").get()
    assert (batch.job.state, batch.rows, batch.failed_rows) == ("succeeded", count, 1)
    again = retry_batch(batch=batch)
    work_batch(job_id=again.job_id, worker="w")
    with django_capture_on_commit_callbacks(execute=True):
        delete_batch(batch=Batch.objects.get(), person=ann)
    assert kept(bucket) == set()


def test_an_export_is_written_handed_out_and_deleted(sam, client_for, bucket, django_capture_on_commit_callbacks):
    make_movie("Dusk", genres=("Drama",))
    export = make_export(sam, "labelled", "jsonl")
    assert kept(bucket) == {export.file.name}
    answer = client_for(sam).get(f"/api/v1/exports/{export.pk}/file/")
    assert answer.status_code == 200 and b'"Dusk"' in b"".join(answer)
    with django_capture_on_commit_callbacks(execute=True):
        delete_export(export=Export.objects.get())
    assert kept(bucket) == set() and Movie.objects.exists()


def test_a_file_that_the_store_has_lost_is_not_found(sam, client_for, bucket):
    make_movie("Dusk", genres=("Drama",))
    export = make_export(sam, "labelled", "jsonl")
    default_storage.delete(export.file.name)
    assert client_for(sam).get(f"/api/v1/exports/{export.pk}/file/").status_code == 404
