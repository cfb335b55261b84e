"""Uploaded data sets."""

import gzip
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from movies.models import Movie
from movies.services import uploads
from movies.services.imports import check_terms
from movies.services.uploads import import_upload

pytestmark = pytest.mark.django_db
PLOT = "A keeper of a lighthouse finds a message in a bottle."
LINE = f"1 ::: Light (1999) ::: drama ::: {PLOT}\n".encode()


def send(content: bytes, name: str = "films.txt", format_name: str = "imdb27", **options):
    upload = SimpleUploadedFile(name, content)
    return import_upload(upload=upload, format_name=format_name, terms=check_terms(source="x"), **options)


@pytest.mark.parametrize("content", [LINE, gzip.compress(LINE, mtime=0)], ids=["plain", "gzip"])
def test_upload_is_brought_in(content: bytes) -> None:
    assert (send(content).made, Movie.objects.count()) == (1, 1)


def test_large_upload_on_disk_is_brought_in() -> None:
    upload = TemporaryUploadedFile("films.txt", "text/plain", len(LINE), "utf-8")
    upload.write(LINE)
    assert import_upload(upload=upload, format_name="imdb27", terms=check_terms(source="x")).made == 1


def test_dry_run_writes_nothing() -> None:
    assert send(LINE, dry_run=True).made == 1
    assert not Movie.objects.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "…/a b.txt", "x" * 300 + ".txt"])
def test_name_leads_nowhere(name: str) -> None:
    upload = SimpleUploadedFile("x", b"bad\n")
    upload._name = name
    summary = import_upload(upload=upload, format_name="imdb27", terms=check_terms(source="x"))
    assert summary.errors == 1
    assert "/" not in summary.first_errors[0].file


def test_file_that_cannot_be_read_is_the_only_error() -> None:
    summary = send(b"\xff\xfea\x00", format_name="plots-csv")
    assert (summary.errors, summary.whole, summary.first_errors[0].code) == (1, False, "wrong_encoding")


def test_gz_that_is_cut_off_or_a_bomb_is_refused(settings) -> None:
    settings.MAX_REQUEST_BYTES = 10_000
    assert send(gzip.compress(LINE)[:-9]).first_errors[0].code == "file_truncated"
    bomb = gzip.compress(b" " * 3_000_000)
    assert len(bomb) < 10_000
    assert send(bomb).first_errors[0].code == "upload_too_large"


def test_too_many_rows_are_left_for_the_command(monkeypatch) -> None:
    monkeypatch.setattr(uploads, "MAX_UPLOAD_ROWS", 2)
    films = json.dumps([{"id": number, "title": f"Film {number}"} for number in range(1, 6)])
    summary = send(films.encode(), format_name="tmdb-json")
    assert (summary.made, summary.whole, summary.first_errors[-1].code) == (2, False, "rows_left")
