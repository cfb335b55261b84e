"""Bringing history in by the page, the API and the shell."""

import gzip
import json
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from genresite.accounts.personal_data import list_sections
from predictor.models import HistoryImport, Prediction
from tests.predictor.test_history_rows import GOOD, WORD

PAGE, API = "/history/import/", "/api/v1/imports/history/"
POSTER = {**GOOD, "made_from": "poster", "plot": "", "poster_sha256": "ab" * 32, "models": {"poster": "gone-1"}}
LINES = "\n".join(json.dumps(row) for row in ({**GOOD, "corrections": [WORD]}, {**POSTER, "owner": "nobody"}))


def send(client, address, content=LINES, **fields):
    data = content if isinstance(content, bytes) else content.encode()
    return client.post(address, {"file": SimpleUploadedFile("history.jsonl", data), **fields})


def test_staff_bring_a_file_in_on_the_page(fake_models, client_for, ann, sam):
    client = client_for(sam)
    page = client.get(PAGE).content.decode()
    assert "Bring history in" in page and 'name="dry_run"' in page
    assert PAGE in client.get("/history/").content.decode()
    dry = send(client, PAGE, dry_run="on")
    assert dry.status_code == 200 and "Dry run" in dry.content.decode() and not Prediction.objects.exists()
    answer = send(client, PAGE).content.decode()
    assert "The file is read" in answer and "1 row names a person whom nobody here is called" in answer
    assert HistoryImport.objects.get().person == sam
    again = send(client, PAGE, gzip.compress(LINES.encode()))
    assert again.status_code == 200 and Prediction.objects.count() == 2


def test_what_came_in_has_a_page_without_its_picture(fake_models, client_for, ann, sam):
    send(client_for(sam), PAGE, source="old site")
    for prediction in Prediction.objects.all():
        shown = client_for(sam).get(prediction.get_absolute_url() + "?explain=Horror")
        assert shown.status_code == 200 and "brought in from old site" in shown.content.decode()
    assert client_for(sam).get("/history/").status_code == 200
    own = client_for(ann).get("/history/").content.decode()
    assert "The House" in own and "poster--thumb" not in own
    nameless = Prediction.objects.get(owner=None)
    assert client_for(ann).get(nameless.get_absolute_url()).status_code == 404
    assert client_for(sam).get(f"/predictions/{nameless.pk}/poster/").status_code == 404
    assert client_for(sam).get(f"/api/v1/predictions/{nameless.pk}/").json()["poster"] is None
    again = client_for(sam).post("/api/v1/models/reruns/", {"version": "poster-fake-1"})
    assert again.status_code < 500


def test_who_brought_a_file_in_reads_it_among_their_data_and_goes_without_it(fake_models, client_for, ann, sam):
    send(client_for(sam), PAGE)
    told = {section.name: list(section.read(sam)) for section in list_sections()}["history-imports"]
    assert [row["file_name"] for row in told] == ["history.jsonl"]
    sam.delete()
    assert HistoryImport.objects.get().person is None and Prediction.objects.count() == 2


def test_nobody_else_may(fake_models, client_for, ann, rita):
    for person in (ann, rita):
        assert client_for(person).get(PAGE).status_code == 403
        assert send(client_for(person), PAGE).status_code == 403
        refused = send(client_for(person), API)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "staff_only")
    assert not Prediction.objects.exists()


def test_a_program_brings_a_file_in(fake_models, client_for, ann, sam):
    client = client_for(sam)
    assert send(client, API, dry_run="true").json()["made"] == 2 and not Prediction.objects.exists()
    body = send(client, API).json()
    assert (body["made"], body["corrections"], body["without_person"], body["without_version"]) == (2, 1, 1, 1)
    assert send(client, API).json()["unchanged"] == 2


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"id,plot\n1,two\n", b"\x1f\x8bnot gz", b'{"a": 1}\n'])
def test_rubbish_is_told_and_brings_nothing(fake_models, client_for, sam, content):
    page, body = send(client_for(sam), PAGE, content), send(client_for(sam), API, content)
    assert page.status_code in (200, 400) and body.status_code == 200
    assert body.json()["error_count"] == 1 and body.json()["made"] == 0
    assert body.json()["first_errors"][0]["message"] in page.content.decode().replace("&#x27;", "'").replace(
        "&quot;", '"'
    )


def test_what_is_missing_is_refused(fake_models, client_for, sam):
    assert client_for(sam).post(PAGE, {}).status_code == 400
    refused = client_for(sam).post(API, {})
    assert (refused.status_code, refused.json()["error"]["details"]["field"]) == (400, "file")
    assert send(client_for(sam), API, source="person").status_code == 400


def test_the_command_brings_a_file_in(fake_models, ann, tmp_path):
    path, errors, out = tmp_path / "history.jsonl", tmp_path / "errors.jsonl", StringIO()
    path.write_text(LINES + "\n{\n")
    call_command("import_history", str(path), "--dry-run", stdout=out, stderr=StringIO())
    assert "Dry run" in out.getvalue() and not Prediction.objects.exists()
    call_command("import_history", str(path), "--errors", str(errors), "--source", "old", stdout=out, stderr=StringIO())
    assert "3 rows: 2 predictions made, 0 completed, 0 unchanged, 1 errors (1 corrections; 1 without" in out.getvalue()
    assert json.loads(errors.read_text())["line"] == 3
    assert HistoryImport.objects.get().source == "old"
    for wrong in (tmp_path / "nothing", tmp_path):
        with pytest.raises(CommandError):
            call_command("import_history", str(wrong), stdout=out, stderr=StringIO())
