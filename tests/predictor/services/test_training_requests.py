"""Asking for a training: by a person, by the clock, by enough new labels."""

import pytest

from genresite.errors import Conflict, Forbidden, InvalidInput
from predictor.models import Job
from predictor.services.training_requests import (
    KIND_RECIPES,
    RECIPES,
    open_due_trainings,
    open_scheduled_trainings,
    open_training,
)
from tests.factories import make_feedback, make_prediction


def test_every_recipe_has_a_name_for_people():
    assert {recipe for recipes in KIND_RECIPES.values() for recipe in recipes} == set(RECIPES)


def test_staff_ask_and_the_row_tells_who_and_what(sam, fake_models):
    job = open_training(model_kind="plot", requested_by=sam)
    assert (job.kind, job.model_kind, job.trigger, job.parameters) == (
        "training", "plot", "person", {"recipe": "adapt-plot"},
    )  # fmt: skip


def test_only_staff_train(rita, fake_models):
    with pytest.raises(Forbidden):
        open_training(model_kind="plot", requested_by=rita)


@pytest.mark.parametrize(("kind", "recipe", "field"), [("audio", "", "model_kind"), ("plot", "cnn-scratch", "recipe")])
def test_rubbish_is_refused_with_the_field(sam, fake_models, kind, recipe, field):
    with pytest.raises(InvalidInput) as refused:
        open_training(model_kind=kind, recipe=recipe, requested_by=sam)
    assert refused.value.field == field


def test_a_second_training_of_a_kind_conflicts_and_names_the_first(sam, fake_models):
    first = open_training(model_kind="plot", requested_by=sam)
    with pytest.raises(Conflict, match=f"job {first.pk}"):
        open_training(model_kind="plot", recipe="tfidf-linear", requested_by=sam)
    Job.objects.update(state="failed")
    assert open_training(model_kind="plot", requested_by=sam).pk != first.pk


def test_without_a_version_in_use_there_is_nothing_to_learn_from(sam, db):
    with pytest.raises(Conflict, match="none is in use for: plot"):
        open_training(model_kind="plot", requested_by=sam)


def test_the_schedule_passes_over_what_is_under_way(fake_models):
    open_training(model_kind="plot")
    (job,) = open_scheduled_trainings()
    assert (job.model_kind, job.trigger, job.requested_by) == ("poster", "schedule", None)


def test_enough_new_accepted_labels_start_a_training_once(rita, ann, fake_models, settings):
    settings.TRAIN_AFTER_LABELS = 2
    make_feedback(make_prediction(ann), ann)
    make_feedback(make_prediction(ann), rita)
    assert open_due_trainings() == []  # one is accepted, the other waits for a reviewer
    make_feedback(make_prediction(ann), rita)
    (job,) = open_due_trainings()
    assert (job.model_kind, job.trigger) == ("plot", "labels")
    Job.objects.update(state="succeeded")
    assert open_due_trainings() == []
    settings.TRAIN_AFTER_LABELS = 0
    make_feedback(make_prediction(ann), rita)
    assert open_due_trainings() == []
