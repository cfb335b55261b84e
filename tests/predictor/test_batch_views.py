"""The pages of batches."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from predictor.models import Batch, Job
from predictor.selectors.batch_pages import tell_seconds
from predictor.services import batch_plans
from predictor.services.batch_runs import work_batch
from tests.predictor.batch_maker import CSV, give_in, make_csv
from tests.predictor.fakes import make_version


def upload(client, data: bytes = CSV, name: str = "films.csv"):
    return client.post("/batches/", {"file": SimpleUploadedFile(name, data), "kind": ""})


def run(batch: Batch) -> Batch:
    batch_plans.read_batch(job_id=batch.job_id)
    work_batch(job_id=batch.job_id, worker="w")
    return batch


def test_a_file_given_in_leads_to_its_page(ann, fake_models, client_for):
    answer = upload(client_for(ann))
    batch = Batch.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/batches/{batch.pk}/")
    page = client_for(ann).get(answer["Location"]).content.decode()
    assert "The file is being read" in page and 'hx-trigger="every 2s"' in page and "No rows yet" in page


def test_the_form_offers_the_versions_that_may_be_asked(ann, fake_models, client_for):
    make_version("plot", "plot-old-1", "retired"), make_version("plot", "plot-broken-1", "broken")
    page = client_for(ann).get("/batches/").content.decode()
    assert "Plot: plot-fake-1, in use" in page and "Plot: plot-old-1<" in page and "plot-broken-1" not in page
    key = page.split('name="submission" value="')[1].split('"')[0]
    for _press in range(2):
        sent = {"file": SimpleUploadedFile("films.csv", CSV), "kind": "", "version": "plot-old-1", "submission": key}
        answer = client_for(ann).post("/batches/", sent)
    batch = Batch.objects.get()
    assert answer["Location"] == f"/batches/{batch.pk}/" and batch.versions == {"plot": "plot-old-1"}
    assert "plot-old-1" in client_for(ann).get(answer["Location"]).content.decode()
    wrong = client_for(ann).post("/batches/", {"file": SimpleUploadedFile("films.csv", CSV), "version": "nothing"})
    assert wrong.status_code == 400


def test_a_queue_that_is_away_is_told_on_the_page(ann, fake_models, client_for, queue_away):
    page = client_for(ann).get(upload(client_for(ann))["Location"]).content.decode()
    assert "Nothing is lost: the batch starts by itself" in page and "Waiting for the queue" in page
    assert 'hx-trigger="every 2s"' in page


def test_what_is_wrong_stands_at_the_field(ann, client_for, settings):
    answer = upload(client_for(ann), b"plot\nx\n")
    assert answer.status_code == 400 and "lacks id" in answer.content.decode()
    assert "lacks id" in str(answer.context["form"].errors["file"])
    settings.BATCHES_UNFINISHED = 0
    answer = upload(client_for(ann))
    assert answer.status_code == 409 and "not finished" in answer.content.decode()
    assert client_for(ann).post("/batches/", {}).status_code == 400


def test_the_result_is_shown_and_can_be_narrowed(ann, fake_models, client_for):
    batch = run(give_in(ann))
    page = client_for(ann).get(f"/batches/{batch.pk}/").content.decode()
    assert "4 of 4 rows" in page and "1 row failed" in page and "Line 4: The plot" in page and "Comedy 88 %" in page
    assert "hx-get" not in page.split('id="batch-progress"')[1].split(">")[0]
    page = client_for(ann).get(f"/batches/{batch.pk}/?state=failed").content.decode()
    assert "Line 4: The plot" in page and "Comedy 88 %" not in page
    assert "No such row" in client_for(ann).get(f"/batches/{batch.pk}/?state=unsure").content.decode()


def test_the_time_left_is_told_while_it_runs(ann, fake_models, client_for):
    from datetime import timedelta

    from django.utils import timezone

    batch = give_in(ann)
    started = timezone.now() - timedelta(seconds=100)
    Job.objects.filter(pk=batch.job_id).update(state="running", started_at=started, done=100, total=10_000)
    page = client_for(ann).get(f"/batches/{batch.pk}/").content.decode()
    assert "100 of 10,000 rows" in page and "hours left" in page


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "about 1 second"), (40, "about 40 seconds"), (600, "about 10 minutes"), (7200, "about 2 hours")],
)
def test_times_in_words(seconds, words):
    assert tell_seconds(seconds) == words


def test_buttons(ann, ben, fake_models, client_for):
    client, batch = client_for(ann), run(give_in(ann))
    assert client.post(f"/batches/{batch.pk}/retry/").status_code == 302
    assert client.post(f"/batches/{batch.pk}/cancel/").status_code == 302
    assert "Go on" in client.get(f"/batches/{batch.pk}/").content.decode()
    assert client_for(ben).post(f"/batches/{batch.pk}/delete/").status_code == 404
    assert client.post(f"/batches/{batch.pk}/delete/")["Location"] == "/batches/"
    assert "No batches yet" in client.get("/batches/").content.decode()
    assert client.get(f"/batches/{batch.pk}/cancel/").status_code == 405


def test_the_result_as_a_file(ann, fake_models, client_for):
    batch = run(give_in(ann))
    answer = client_for(ann).get(f"/batches/{batch.pk}/result.csv?state=failed")
    assert b"".join(answer).count(b"\n") == 2


def test_pages_ask_a_fixed_number_of_queries(ann, fake_models, client_for, settings, django_assert_max_num_queries):
    settings.BATCHES_UNFINISHED = 50
    client = client_for(ann)
    big = run(give_in(ann, make_csv(60)))
    for _number in range(10):
        give_in(ann, make_csv(1))
    with django_assert_max_num_queries(10):
        assert client.get("/batches/").status_code == 200
    with django_assert_max_num_queries(10):
        assert client.get(f"/batches/{big.pk}/").status_code == 200


def test_the_jobs_page_leads_to_the_batch(ann, fake_models, client_for):
    batch = give_in(ann)
    page = client_for(ann).get("/jobs/").content.decode()
    assert f'<a href="/batches/{batch.pk}/">films.csv</a>' in page and "data-confirm=" in page
    run(batch)
    assert "data-confirm=" in client_for(ann).get(f"/batches/{batch.pk}/").content.decode()
