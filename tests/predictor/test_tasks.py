"""The doors of the queue."""

import pytest
from celery.exceptions import Retry
from django.utils import translation

from predictor import tasks
from predictor.models import Job
from predictor.services import batches
from predictor.services.job_states import LOST_AFTER, Claim
from tests.predictor.batch_maker import give_in


def test_a_task_makes_one_service_call(monkeypatch):
    called = []
    monkeypatch.setattr(batches, "run_catalogue", lambda *, job_id: called.append(job_id) or Claim.OURS)
    tasks.run_catalogue.run(7)
    assert called == [7]


def test_a_job_that_another_worker_seems_to_have_is_looked_at_again(monkeypatch):
    monkeypatch.setattr(batches, "run_catalogue", lambda *, job_id: Claim.BUSY)
    asked = []
    monkeypatch.setattr(tasks.run_catalogue, "retry", lambda countdown: asked.append(countdown) or Retry())
    with pytest.raises(Retry):
        tasks.run_catalogue.run(7)
    assert asked[0] > LOST_AFTER.total_seconds()


@pytest.mark.parametrize(("language", "begin"), [("de", "Zeile 4:"), ("en", "Line 4:")])
def test_what_a_task_writes_for_people_is_in_the_language_of_who_asked(ann, fake_models, language, begin):
    with translation.override(language):
        batch = give_in(ann)
    # The worker has read another person's language last.
    with translation.override("en" if language == "de" else "de"):
        tasks.read_batch.apply([batch.job_id])
        tasks.work_batch.apply([batch.job_id])
    (failed,) = batch.results.exclude(error_code="")
    assert failed.error_code == "plot_too_short" and failed.error.startswith(begin)


def test_a_job_outside_every_request_speaks_the_sites_language(db, settings):
    with translation.override(None):
        assert Job.objects.create(kind=Job.Kind.CATALOGUE).language == settings.LANGUAGE_CODE


def test_a_job_that_is_gone_is_nobodys(db):
    assert tasks.read_batch.apply([10**6]).successful()
