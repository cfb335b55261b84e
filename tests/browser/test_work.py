"""Work that takes its time, as people follow it: a batch with its progress, a training and what comes of it."""

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from predictor import tasks
from predictor.models import Activation, Batch, Job, ModelVersion
from predictor.selectors import workers
from predictor.services import batch_plans, batch_runs
from predictor.services.batch_runs import work_batch
from tests.browser.test_pages import check_accessibility
from tests.factories import make_user
from tests.predictor.batch_maker import make_csv
from tests.predictor.fakes import make_version


@pytest.fixture
def noted(monkeypatch) -> list[int]:
    """A queue that only notes, so that a test does a worker's part step by step."""
    sent: list[int] = []
    for task in (tasks.read_batch, tasks.train):
        monkeypatch.setattr(task, "delay_on_commit", sent.append)
    monkeypatch.setattr(workers, "find_worker_problem", lambda: None)
    monkeypatch.setattr("predictor.services.versions.find_version_problem", lambda version: None)
    cache.clear()
    return sent


def test_batch_is_given_in_and_shows_its_progress_by_itself(open_page, fake_models, noted, monkeypatch):
    monkeypatch.setattr(batch_plans, "CHUNK_ROWS", 2)
    monkeypatch.setattr(batch_runs, "TURN_SECONDS", 0.0)
    page = open_page("/batches/", user=make_user())
    file = {"name": "festival.csv", "mimeType": "text/csv", "buffer": make_csv(6, bad=(5,))}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Predict the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("festival.csv")
    page.evaluate("window.stayed = true")

    batch = Batch.objects.get()
    assert noted == [batch.job_id]
    batch_plans.read_batch(job_id=batch.job_id)
    progress = page.locator("#batch-progress")
    for done in (2, 4, 6):
        work_batch(job_id=batch.job_id, worker="one")
        expect(progress.get_by_role("heading")).to_have_text(f"{done} of 6 rows")
        assert progress.get_by_role("progressbar").get_attribute("value") == str(done)
    expect(progress).to_contain_text("1 row failed")
    expect(page.locator("#batch-rows tbody tr")).to_have_count(6)
    assert page.evaluate("window.stayed"), "the page was not loaded anew"
    # What is over asks no more.
    expect(progress).not_to_have_attribute("hx-trigger", "every 2s")
    check_accessibility(page)


def test_training_is_started_its_version_promoted_and_rolled_back(open_page, fake_models, noted):
    page = open_page("/models/", user=make_user("sam", "staff"))
    page.get_by_label("What to train").select_option("adapt-plot")
    page.get_by_role("button", name="Train").click()
    expect(page).to_have_url(f"{page.url.split('/jobs/')[0]}/jobs/")
    expect(page.get_by_text("Train a model").first).to_be_visible()
    assert noted == [Job.objects.get(kind="training").pk]

    # The worker's part: what it learned was not shown to be as good as the version in use.
    Job.objects.update(state=Job.State.SUCCEEDED)
    version = make_version("plot", "plot-adapt-job7", "candidate")
    version.comparison = {
        "verdict": "unproven", "champion_name": "plot-fake-1", "films": 40, "difference": -0.004,
        "interval": [-0.05, 0.04],
    }  # fmt: skip
    version.save()
    page.goto("/models/")
    row = page.locator("#plot-adapt-job7")
    expect(row).to_contain_text("Not shown to be as good as plot-fake-1")
    row.get_by_text("Let it answer").first.click()
    check_accessibility(page)
    row.get_by_label("Reason").fill("I looked at fifty films")
    row.get_by_role("button", name="Let it answer").click()
    expect(page.locator("#plot-adapt-job7").get_by_text("Active")).to_be_visible()
    assert ModelVersion.objects.get(kind="plot", state="active").name == "plot-adapt-job7"

    page.get_by_text("Roll back to plot-fake-1").click()
    page.get_by_label("Reason").first.fill("It takes every war for a western")
    page.get_by_role("button", name="Roll back").first.click()
    expect(page.locator("#plot-fake-1").get_by_text("Active")).to_be_visible()
    expect(page.get_by_text("It takes every war for a western")).to_be_visible()
    assert Activation.objects.count() == 2
