"""Asking a version about earlier predictions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from genresite.errors import Conflict, Forbidden, InvalidInput, Unavailable
from predictor import pipelines, tasks
from predictor.models import DecidedGenre, Job, ModelVersion, Prediction, VersionAnswer
from predictor.services import reruns
from predictor.services.job_states import Claim
from predictor.services.jobs import cancel_job, request_rerun_job
from predictor.services.reruns import ask_version, run_rerun, waiting_predictions
from tests.factories import make_feedback, make_poster_bytes, make_prediction
from tests.predictor.fakes import FUNNY, GREEN, RED, SCARY, FakePipeline, make_version


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def queued(monkeypatch) -> list[int]:
    """A queue that only notes what was put into it."""
    numbers: list[int] = []
    monkeypatch.setattr(tasks.run_rerun, "delay_on_commit", numbers.append)
    return numbers


@pytest.fixture
def contrary(fake_models, monkeypatch) -> ModelVersion:
    """A candidate plot version that says Western of everything and nothing else."""
    version = make_version("plot", "plot-fake-2", "candidate")
    plain = FakePipeline._one

    def one(self, item):
        return [-4.0, -4.0, 4.0] if self.version == version.name else plain(self, item)

    monkeypatch.setattr(FakePipeline, "_one", one)
    return version


def start(person, version, scope="history") -> Job:
    return Job.objects.create(
        kind="rerun", requested_by=person, parameters={"version": version.pk, "name": version.name, "scope": scope}
    )


def run(job: Job) -> Job:
    assert run_rerun(job_id=job.pk) is Claim.OURS
    job.refresh_from_db()
    return job


def said(version: ModelVersion) -> dict[int, str]:
    return dict(VersionAnswer.objects.filter(version=version).values_list("prediction_id", "decided"))


def test_answers_are_kept_beside_those_that_were_given_and_history_stays(ann, ben, contrary, fake_models):
    mine, other = make_prediction(ann, plot=SCARY), make_prediction(ben, plot=SCARY)
    poster_only = make_prediction(ann, poster_bytes=make_poster_bytes(colour=RED))
    before = (mine.scores, Prediction.objects.count(), DecidedGenre.objects.count())
    job = run(start(ann, contrary))
    assert (job.state, job.done, job.total, job.outcome) == ("succeeded", 1, 1, {"answered": 1, "skipped": 0})
    assert said(contrary) == {mine.pk: "|Western|"}
    assert said(fake_models["plot"]) == {mine.pk: "|Horror|"}
    answer = VersionAnswer.objects.get(version=contrary)
    assert (answer.owner, answer.genres, answer.decided_count, answer.unsure) == (ann, ["Western"], 1, False)
    assert answer.scores["Western"] == pytest.approx(0.982014, abs=1e-6)
    mine.refresh_from_db()
    assert (mine.scores, Prediction.objects.count(), DecidedGenre.objects.count()) == before
    assert not VersionAnswer.objects.filter(prediction__in=[other, poster_only]).exists()


def test_a_plot_version_reads_the_plot_of_a_film_with_a_poster(ann, contrary):
    both = make_prediction(ann, plot=FUNNY, poster_bytes=make_poster_bytes(colour=GREEN))
    run(start(ann, contrary))
    assert said(contrary) == {both.pk: "|Western|"}


def test_a_poster_version_reads_the_stored_poster_and_skips_a_lost_one(ann, fake_models):
    red = make_prediction(ann, poster_bytes=make_poster_bytes(colour=RED))
    lost = make_prediction(ann, poster_bytes=make_poster_bytes(colour=GREEN))
    lost.poster_file.storage.delete(lost.poster_file.name)
    version = make_version("poster", "poster-fake-2", "candidate")
    job = run(start(ann, version))
    assert (job.state, job.outcome) == ("succeeded", {"answered": 1, "skipped": 1})
    assert said(version) == {red.pk: "|Comedy|"}


def test_a_joint_version_is_asked_about_films_with_both(ann, joint_model):
    both = make_prediction(ann, plot=SCARY, poster_bytes=make_poster_bytes(colour=GREEN))
    make_prediction(ann, plot=SCARY)
    version = make_version("both", "both-fake-2", "candidate")
    run(start(ann, version))
    assert said(version) == {both.pk: "|Horror|"}
    assert said(joint_model["both"]) == {both.pk: "|Horror|"}


def test_a_prediction_without_genres_is_told_from_any_other(ann, contrary, fake_models):
    dull = make_prediction(ann, plot="A person walks from one place to another place and then sits down.")
    run(start(ann, contrary))
    answer = VersionAnswer.objects.get(version=fake_models["plot"], prediction=dull)
    assert (answer.decided, answer.decided_count, answer.genres) == ("|", 0, [])


def test_what_the_version_made_itself_is_not_computed_anew(ann, fake_models, monkeypatch):
    mine = make_prediction(ann, plot=SCARY)
    monkeypatch.setattr(pipelines, "predict", lambda films, version: [] if not films else pytest.fail("asked"))
    run(start(ann, fake_models["plot"]))
    assert said(fake_models["plot"]) == {mine.pk: "|Horror|"}


def test_asking_twice_writes_once(ann, contrary):
    mine = make_prediction(ann, plot=SCARY)
    for _time in range(2):
        assert ask_version(version=contrary, predictions=[mine]) == 1
    assert VersionAnswer.objects.filter(version=contrary).count() == 1
    assert not waiting_predictions(version=contrary, owner=ann, scope="history").exists()


def test_a_cancelled_job_keeps_what_it_has_and_the_next_goes_on(ann, contrary, monkeypatch):
    monkeypatch.setattr(reruns, "CHUNK_PREDICTIONS", 2)
    for _number in range(5):
        make_prediction(ann, plot=SCARY)
    job = start(ann, contrary)
    ask = reruns.ask_version

    def ask_and_cancel(**arguments):
        cancel_job(job=Job.objects.get(pk=job.pk), person=ann)
        return ask(**arguments)

    monkeypatch.setattr(reruns, "ask_version", ask_and_cancel)
    assert (run(job).state, job.done, len(said(contrary))) == ("cancelled", 2, 2)
    monkeypatch.setattr(reruns, "ask_version", ask)
    again = run(start(ann, contrary))
    assert (again.state, again.done, again.total, len(said(contrary))) == ("succeeded", 3, 3, 5)


def test_a_lost_workers_job_is_taken_up_and_a_busy_one_is_left(ann, contrary):
    make_prediction(ann, plot=SCARY)
    job = start(ann, contrary)
    Job.objects.filter(pk=job.pk).update(state="running", heartbeat_at=timezone.now())
    assert run_rerun(job_id=job.pk) is Claim.BUSY
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=5))
    assert run(job).state == "succeeded"
    assert run_rerun(job_id=job.pk) is Claim.OVER


def test_a_version_that_cannot_be_loaded_fails_the_job_in_words(ann, contrary, monkeypatch):
    make_prediction(ann, plot=SCARY)

    def refuse(version):
        raise Unavailable("Its folder is not there.")

    pipelines.forget_loaded()
    monkeypatch.setattr(pipelines, "_open", refuse)
    job = run(start(ann, contrary))
    assert (job.state, job.failure) == ("failed", "Its folder is not there.")


def test_something_unforeseen_fails_the_job_and_is_raised(ann, contrary, monkeypatch):
    make_prediction(ann, plot=SCARY)

    def explode(**arguments):
        raise RuntimeError("disk full")

    monkeypatch.setattr(reruns, "ask_version", explode)
    job = start(ann, contrary)
    with pytest.raises(RuntimeError):
        run_rerun(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == "failed" and "our side" in job.failure


def test_a_version_that_is_gone_fails_the_job(ann, contrary):
    job = start(ann, contrary)
    contrary.delete()
    assert (run(job).state, "gone" in job.failure) == ("failed", True)


def test_corrections_of_everybody_are_asked_about(ann, ben, rita, contrary):
    corrected, proposed = make_prediction(ann, plot=SCARY), make_prediction(ben, plot=SCARY)
    make_prediction(ben, plot=FUNNY)
    make_feedback(corrected, rita)
    make_feedback(proposed, ben)
    run(start(rita, contrary, "corrections"))
    assert said(contrary) == {corrected.pk: "|Western|"}


def test_a_person_asks_and_the_task_does_it(ann, contrary, django_capture_on_commit_callbacks):
    make_prediction(ann, plot=SCARY)
    with django_capture_on_commit_callbacks(execute=True):
        job = request_rerun_job(requested_by=ann, version=contrary)
    job.refresh_from_db()
    assert (job.kind, job.state, job.total, job.parameters["name"]) == ("rerun", "succeeded", 1, "plot-fake-2")


def test_a_second_request_conflicts_and_so_does_one_with_nothing_to_ask(ann, ben, contrary, queued):
    make_prediction(ann, plot=SCARY)
    job = request_rerun_job(requested_by=ann, version=contrary)
    with pytest.raises(Conflict, match="waits or runs already"):
        request_rerun_job(requested_by=ann, version=contrary)
    with pytest.raises(Conflict, match="answered all"):
        request_rerun_job(requested_by=ben, version=contrary)
    assert queued == [job.pk]


def test_corrections_are_for_reviewers_and_scopes_are_known(ann, rita, contrary, queued):
    make_feedback(make_prediction(ann, plot=SCARY), rita)
    with pytest.raises(Forbidden):
        request_rerun_job(requested_by=ann, version=contrary, scope="corrections")
    with pytest.raises(InvalidInput, match="history, corrections, not all"):
        request_rerun_job(requested_by=rita, version=contrary, scope="all")
    assert request_rerun_job(requested_by=rita, version=contrary, scope="corrections").total == 1


def test_a_broken_version_is_not_asked(ann, contrary, queued):
    make_prediction(ann, plot=SCARY)
    contrary.state = "broken"
    with pytest.raises(Conflict, match="cannot be asked"):
        request_rerun_job(requested_by=ann, version=contrary)
