"""Training, promotion and the way back, by page and by API."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from predictor import tasks
from predictor.models import Activation, Job, ModelVersion
from predictor.selectors import workers
from predictor.selectors.versions import tell_verdict
from predictor.services import promotion
from tests.predictor.fakes import make_version

JOBS, MODELS = "/api/v1/jobs/", "/api/v1/models/"
ORDER = {"kind": "training", "model_kind": "plot"}


@pytest.fixture
def site(fake_models, monkeypatch):
    """Fake versions whose files are never looked at, and a queue that only notes."""
    sent: list[int] = []
    monkeypatch.setattr(tasks.train, "delay_on_commit", sent.append)
    monkeypatch.setattr("predictor.services.versions.find_version_problem", lambda version: None)
    monkeypatch.setattr(workers, "find_worker_problem", lambda: None)
    cache.clear()
    return sent


@pytest.fixture
def challenger(site) -> ModelVersion:
    version = make_version("plot", "plot-adapt-job7", "candidate")
    version.comparison = {
        "verdict": "unproven", "champion_name": "plot-fake-1", "films": 40, "difference": -0.004,
        "interval": [-0.05, 0.04],
    }  # fmt: skip
    version.save()
    return version


def post(person, address: str, data: dict | None = None):
    client = Client()
    client.force_login(person)
    return client.post(address, data or {}, content_type="application/json")


def test_staff_start_a_training_by_program_and_a_second_is_told(sam, site):
    answer = post(sam, JOBS, ORDER)
    assert answer.status_code == 202 and site == [answer.json()["id"]]
    made = answer.json()
    assert (made["kind"], made["model_kind"], made["trigger"], made["requested_by"]) == (
        "training", "plot", "person", "sam",
    )  # fmt: skip
    again = post(sam, JOBS, ORDER)
    assert again.status_code == 409 and again.json()["error"]["code"] == "training_exists"
    assert again.json()["error"]["details"]["job"] == made["id"] and Job.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"kind": "training"}, "model_kind"),
        ({**ORDER, "recipe": "alchemy"}, "recipe"),
        ({**ORDER, "model_kind": "audio"}, "model_kind"),
        ({"kind": "catalogue", "recipe": "adapt-plot"}, "recipe"),
    ],
)
def test_rubbish_is_a_400_that_names_the_field(sam, site, sent, field):
    answer = post(sam, JOBS, sent)
    assert answer.status_code == 400 and field in str(answer.json()["error"]["details"])


def test_only_staff_train_promote_and_roll_back(rita, challenger):
    addresses = [
        (JOBS, ORDER),
        (f"{MODELS}{challenger.pk}/promote/", {"note": "x"}),
        (f"{MODELS}rollback/", {"kind": "plot"}),
    ]
    assert [post(rita, address, data).status_code for address, data in addresses] == [403, 403, 403]


def test_a_version_that_was_not_shown_to_be_as_good_needs_a_reason(sam, challenger):
    address = f"{MODELS}{challenger.pk}/promote/"
    refused = post(sam, address)
    assert refused.status_code == 400 and refused.json()["error"]["details"]["field"] == "note"
    assert post(sam, address, {"note": "I looked at fifty films"}).json()["state"] == "active"
    (row,) = fetch(sam, f"{MODELS}activations/")
    assert (row["version"], row["previous"], row["person"], row["reason"], row["note"]) == (
        "plot-adapt-job7", "plot-fake-1", "sam", "overruled", "I looked at fifty films",
    )  # fmt: skip
    assert post(sam, address).status_code == 200 and Activation.objects.count() == 1  # a second press is harmless
    assert post(sam, f"{MODELS}rollback/", {"kind": "plot"}).json()["name"] == "plot-fake-1"
    assert post(sam, f"{MODELS}rollback/", {"kind": "plot"}).status_code == 409


def fetch(person, address: str) -> list[dict]:
    client = Client()
    client.force_login(person)
    return client.get(address).json()["results"]


def test_a_measured_version_needs_no_reason_as_long_as_its_champion_answers(challenger):
    challenger.comparison = {"verdict": "better", "champion_name": "plot-fake-1"}
    assert promotion.has_passed(challenger, ModelVersion(name="plot-fake-1"))
    assert not promotion.has_passed(challenger, ModelVersion(name="plot-fake-2"))
    assert not promotion.has_passed(challenger, None)


def test_a_failed_training_is_tried_again(sam, site):
    first = Job.objects.get(pk=post(sam, JOBS, {**ORDER, "recipe": "tfidf-linear"}).json()["id"])
    assert post(sam, f"{JOBS}{first.pk}/retry/").status_code == 409
    Job.objects.update(state="failed", failure="There is not enough memory.")
    again = post(sam, f"{JOBS}{first.pk}/retry/")
    assert again.status_code == 202 and again.json()["id"] != first.pk
    assert Job.objects.get(pk=again.json()["id"]).parameters == {"recipe": "tfidf-linear"}


def test_the_models_page_trains_promotes_and_rolls_back(sam, challenger, client_for):
    client = client_for(sam)
    page = client.get("/models/").content.decode()
    assert "Not shown to be as good as plot-fake-1" in page and "Reason (needed" in page and "Train" in page
    assert client.post("/models/train/", {"recipe": "adapt-plot"}).url == "/jobs/"
    assert client.post("/models/train/", {"recipe": "adapt-plot"}).status_code == 409
    assert client.post("/models/train/", {"recipe": "alchemy"}).status_code == 400
    assert client.post(f"/models/{challenger.pk}/promote/", {"note": "trust me"}).status_code == 302
    page = client.get("/models/").content.decode()
    assert "Roll back to plot-fake-1" in page and "trust me" in page and "a training is under way" in page
    assert client.post("/models/rollback/", {"kind": "plot", "note": "oh no"}).status_code == 302
    assert ModelVersion.objects.get(kind="plot", state="active").name == "plot-fake-1"


def test_others_see_the_versions_and_no_buttons(ann, challenger, client_for):
    page = client_for(ann).get("/models/").content.decode()
    assert "plot-adapt-job7" in page and "/models/train/" not in page and "promote" not in page


def test_the_models_page_takes_a_fixed_number_of_queries(sam, challenger, client_for, django_assert_max_num_queries):
    for number in range(12):
        old = make_version("plot", f"plot-old-{number}", "retired")
        ModelVersion.objects.filter(pk=old.pk).update(
            parent=challenger, comparison={"verdict": "better", "champion_name": "plot-fake-1"}
        )
        Activation.objects.create(kind="plot", version=old, previous=challenger, person=sam, reason="overruled")
    client = client_for(sam)
    client.get("/models/")
    with django_assert_max_num_queries(18):
        client.get("/models/")


def test_the_jobs_page_tells_who_or_what_started_it_how_far_it_is_and_why_it_failed(sam, site, client_for):
    now = timezone.now()
    Job.objects.create(
        kind="training", model_kind="plot", state="running", trigger="labels", stage="reading films", done=10, total=40,
        started_at=now - timedelta(seconds=20), stage_started_at=now - timedelta(seconds=10), heartbeat_at=now,
    )  # fmt: skip
    Job.objects.create(kind="training", model_kind="poster", state="failed", failure="There is not enough memory.")
    page = client_for(sam).get("/jobs/").content.decode()
    for told in ("New accepted labels", "reading films", "s left", "not enough memory", "Try again"):
        assert told in page, told


def test_looking_at_the_jobs_takes_up_what_lost_its_worker(sam, site, client_for):
    job = Job.objects.create(
        kind="training",
        model_kind="plot",
        state="running",
        attempt=1,
        heartbeat_at=timezone.now() - timedelta(minutes=2),
    )
    client_for(sam).get("/jobs/")
    job.refresh_from_db()
    assert job.state == "queued" and site == [job.pk]


def test_a_banner_tells_of_a_queue_that_waits(sam, site, client_for):
    waits = timezone.now() - timedelta(minutes=2)
    Job.objects.create(kind="training", model_kind="plot", state="queued", queued_at=waits)
    assert "is the worker “training” running?" in workers.find_queue_problem()
    assert "is the worker" in client_for(sam).get("/jobs/").content.decode()
    Job.objects.create(kind="training", model_kind="poster", state="running", heartbeat_at=timezone.now())
    assert workers.find_queue_problem() == "1 job waits until another is done."


@pytest.mark.parametrize(
    ("comparison", "sentence"),
    [
        ({}, ""),
        ({"verdict": "no_champion"}, "The first of its kind"),
        ({"verdict": "too_few_films", "films": 3, "champion_name": "a"}, "Too few test films to compare with a: 3"),
        (
            {"verdict": "better", "champion_name": "a", "films": 90, "difference": 0.02, "interval": [0.01, 0.031]},
            "Better than a: F1 +0.020 (95 % interval +0.010 to +0.031) on 90 test films",
        ),
    ],
)
def test_verdicts_are_sentences(comparison, sentence):
    assert tell_verdict(comparison).startswith(sentence)
