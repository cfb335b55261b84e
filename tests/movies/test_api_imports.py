"""Films brought in by a program."""

from django.core.files.uploadedfile import SimpleUploadedFile

from movies.models import Movie

ADDRESS = "/api/v1/imports/"
LINES = "id,title,year,genres,plot\n1,Dusk,1999,Western,A rider comes home to the town that he once left.\n"


def send(client, content=LINES, **fields):
    upload = SimpleUploadedFile("films.csv", content.encode())
    return client.post(ADDRESS, {"file": upload, "format": "plots-csv", "source": "festival", **fields})


def test_staff_bring_in_a_file_and_again_without_effect(client_for, sam) -> None:
    client = client_for(sam)
    first, again = send(client), send(client)
    assert (first.status_code, again.status_code) == (200, 200), first.content
    assert (first.json()["made"], again.json()["made"], again.json()["unchanged"]) == (1, 0, 1)
    assert Movie.objects.get().title == "Dusk"


def test_dry_run_writes_nothing(client_for, sam) -> None:
    assert send(client_for(sam), dry_run="true").json()["made"] == 1
    assert not Movie.objects.exists()


def test_nobody_else_may(client_for, ann, rita) -> None:
    for person in (ann, rita):
        refused = send(client_for(person))
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "staff_only")


def test_unknown_format_is_refused(client_for, sam) -> None:
    refused = send(client_for(sam), format="nonsense")
    assert refused.status_code == 400
    assert refused.json()["error"]["details"]["field"] == "format"
