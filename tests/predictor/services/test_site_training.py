"""A training from the confirmed labels to the version that answers."""

import itertools

import pytest

from genresite.errors import Conflict, InvalidInput
from movies.images import read_poster
from movies.models import GenreLabel, Movie, SourceRecord
from movies.services import attach_poster, load_genres
from predictor import pipelines, tasks
from predictor.models import Activation, Job, ModelVersion, TrainedOn
from predictor.pipelines import Film
from predictor.services import heartbeats, site_training
from predictor.services.job_states import Claim
from predictor.services.promotion import promote_version, roll_back
from predictor.services.training_requests import open_training
from predictor.services.versions import register_shipped_versions
from tests.factories import make_poster_bytes
from tests.predictor.label_maker import make_labelled_films


@pytest.fixture
def site(db, settings, tmp_path, monkeypatch):
    """The shipped models, and films of which those about a zorblax are westerns."""
    # The thread has a connection of its own and would not see this transaction's job: for it the job is another's.
    monkeypatch.setattr(heartbeats, "_beat", lambda *_given: None)
    settings.MODELS_DIR = tmp_path / "models"
    settings.MODELS_DIR.mkdir()
    load_genres()
    register_shipped_versions()
    make_labelled_films(110)
    yield settings
    pipelines.forget_loaded()


def run(model_kind: str = "plot", recipe: str = "") -> Job:
    job = open_training(model_kind=model_kind, recipe=recipe)
    assert site_training.run_training(job_id=job.pk) is Claim.OURS
    job.refresh_from_db()
    return job


def test_a_training_learns_answers_and_is_rolled_back(site, sam):
    before = ModelVersion.objects.get(kind="plot", state="active")
    job = run()
    assert (job.state, job.failure, job.outcome["result"]) == ("succeeded", "", "promoted"), job.outcome
    version = job.version
    assert version.name == f"plot-adapt-job{job.pk}" and version.state == "active" and version.parent == before
    assert version.comparison["verdict"] == "better" and version.comparison["champion_name"] == before.name
    row = Activation.objects.filter(kind="plot").first()
    assert (row.version, row.previous, row.person, row.reason) == (version, before, None, "not_worse")
    learned = {row.movie_id for row in version.trained_on.all()}
    assert learned and len(learned) == version.trained_on.count() < Movie.objects.count()
    text = "A zorblax rides through the canyon at dusk and waits for the train."
    (answer,) = pipelines.predict([Film(text)])
    assert "Western" in answer.scores.decided and answer.parts[0].version == version
    assert roll_back(kind="plot", person=sam, note="to see") == before
    (answer,) = pipelines.predict([Film(text)])
    assert "Western" not in answer.scores.decided


def test_the_joint_model_follows_its_parts(site, sam):
    joint = ModelVersion.objects.get(kind="both", state="active")
    job = run()
    carried = ModelVersion.objects.get(kind="both", state="active")
    assert carried.name == f"both-plot-adapt-job{job.pk}" and carried.parent == joint
    assert pipelines.load_version(carried).plot.version == job.version.name
    roll_back(kind="plot", person=sam)
    assert ModelVersion.objects.get(kind="both", state="active") == joint


def test_unchanged_labels_are_not_trained_on_again(site):
    first, second = run(), run()
    assert second.state == "succeeded" and second.outcome["result"] == "nothing_new"
    assert second.outcome["same_as"] == first.version.name and second.version is None
    assert ModelVersion.objects.filter(recipe="adapt-plot").count() == 1


def test_too_few_labels_are_told_with_rule_and_count(site):
    Movie.objects.filter(pk__in=list(Movie.objects.values_list("pk", flat=True)[12:])).delete()
    job = run()
    assert job.state == "failed" and "needs 20 films" in job.failure and "12 in all" in job.failure


def test_labels_that_may_not_train_are_obeyed(site):
    SourceRecord.objects.update(may_train=False)
    job = run()
    assert job.state == "failed" and "0 in all" in job.failure


def test_a_training_taken_up_after_it_was_registered_makes_nothing_twice(site, monkeypatch):
    job = open_training(model_kind="plot")

    def die(*_given):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(site_training, "measure_beside_champion", die)
        with pytest.raises(SystemExit):
            site_training.run_training(job_id=job.pk)
    Job.objects.update(state="queued")
    counted = TrainedOn.objects.count()
    monkeypatch.setattr(site_training, "_make_bundle", die)
    assert site_training.run_training(job_id=job.pk) is Claim.OURS
    job.refresh_from_db()
    assert job.state == "succeeded" and job.outcome["result"] == "promoted"
    assert TrainedOn.objects.count() == counted > 0 and Activation.objects.filter(kind="plot").count() == 2
    assert site_training.run_training(job_id=job.pk) is Claim.OVER


def test_cancelling_ends_a_training_between_two_steps(site, monkeypatch):
    job = open_training(model_kind="plot")
    enter = site_training.Watch.enter

    def cancel_then_enter(self, stage, done=0, total=0):
        Job.objects.filter(pk=job.pk, done=0).update(cancel_requested=bool(total))
        enter(self, stage, done, total)

    monkeypatch.setattr(site_training.Watch, "enter", cancel_then_enter)
    assert site_training.run_training(job_id=job.pk) is Claim.OURS
    job.refresh_from_db()
    assert job.state == "cancelled" and not ModelVersion.objects.filter(name=f"plot-adapt-job{job.pk}").exists()
    assert not list((site.MODELS_DIR / ".work").glob("*"))


def test_a_version_that_was_not_shown_to_be_as_good_needs_a_reason(site, sam):
    version = run().version
    roll_back(kind="plot", person=sam)
    ModelVersion.objects.filter(pk=version.pk).update(comparison={"verdict": "unproven"})
    version.refresh_from_db()
    with pytest.raises(InvalidInput, match="say why"):
        promote_version(version=version, person=sam)
    assert promote_version(version=version, person=sam, note="I looked at fifty films").state == "active"
    row = Activation.objects.filter(kind="plot").first()
    assert (row.reason, row.person, row.note) == ("overruled", sam, "I looked at fifty films")


def test_second_training_request_conflicts(site):
    open_training(model_kind="plot")
    with pytest.raises(Conflict, match="waits or runs already"):
        open_training(model_kind="plot")
    assert open_training(model_kind="poster").state == "queued"
    assert tasks.TASKS[Job.Kind.TRAINING] is tasks.train


def test_a_person_who_decided_is_believed_whatever_the_source_allows(site):
    film = Movie.objects.first()
    SourceRecord.objects.filter(movie=film).update(may_train=False)
    from predictor.training_data import read_truth

    assert read_truth(film) is None
    GenreLabel.objects.filter(movie=film).update(source="person")
    assert read_truth(Movie.objects.get(pk=film.pk)) is not None
    assert next(itertools.chain(film.labels.all())).source == "person"


def test_plot_and_poster_are_weighed_anew(site, monkeypatch, tmp_path):
    site.MEDIA_ROOT = str(tmp_path / "media")
    monkeypatch.setattr(site_training, "MIN_PAIRS", 5)
    for number, film in enumerate(Movie.objects.all()):
        colour = (200, 40, number) if number % 2 else (20, 60, number)
        picture = read_poster(make_poster_bytes(colour=colour))
        attach_poster(movie=film, poster=picture, source="imdb27", may_train=True)
    job = run("both")
    assert (job.state, job.failure) == ("succeeded", "")
    assert job.version.kind == "both" and job.version.recipe == "late-fusion"
    assert job.outcome["comparison"]["champion_name"] and job.outcome["comparison"]["films"] > 5
    assert (
        pipelines.load_version(job.version).plot.version == ModelVersion.objects.get(kind="plot", state="active").name
    )
