"""The Models page: what staff can do, in few queries, and never older than what one did oneself."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from genresite.kept import forget_kept
from predictor.models import Activation, Feedback, Job, ModelVersion, TrainedOn
from predictor.models.lineage import TRAINED_ON
from predictor.selectors.versions import read_models_page
from predictor.services.feedback import record_feedback, settle_feedback
from predictor.services.promotion import find_roll_back_targets, roll_back_target
from tests.factories import make_feedback, make_prediction
from tests.predictor.fakes import make_version


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


def kinds(page: dict) -> dict:
    return {row.kind: row for row in page["kinds"]}


def test_what_is_accepted_counts_at_once(ann, rita, fake_models):
    assert read_models_page(staff=True)["accepted"] == 0
    proposed = make_feedback(make_prediction(ann), ann)
    assert read_models_page(staff=True)["accepted"] == 0
    settle_feedback(feedback=proposed, reviewer=rita, accept=True)
    record_feedback(prediction=make_prediction(ann), author=rita, genres=["Horror"])
    page = read_models_page(staff=True)
    assert (page["accepted"], kinds(page)["plot"].new_labels, kinds(page)["poster"].new_labels) == (2, 2, 0)


def test_only_labels_since_the_latest_training_are_new(ann, rita, sam, fake_models):
    for _number in range(2):
        record_feedback(prediction=make_prediction(ann), author=rita, genres=["Horror"])
    assert kinds(read_models_page(staff=True))["plot"].new_labels == 2
    done = Job.objects.create(kind="training", model_kind="plot", state="succeeded", requested_by=sam)
    Job.objects.filter(pk=done.pk).update(created_at=timezone.now())
    record_feedback(prediction=make_prediction(ann), author=rita, genres=["Horror"])
    page = read_models_page(staff=True)
    assert (page["accepted"], kinds(page)["plot"].new_labels, kinds(page)["plot"].training) == (3, 1, None)


def test_a_training_that_was_tried_again_is_under_way(sam, fake_models):
    again = Job.objects.create(kind="training", model_kind="poster", state="running", requested_by=sam)
    Job.objects.create(kind="training", model_kind="poster", state="failed", requested_by=sam)
    Job.objects.create(kind="training", model_kind="plot", state="cancelled", requested_by=sam)
    found = kinds(read_models_page(staff=True))
    assert (found["poster"].training, found["plot"].training) == (again, None)


def test_each_active_version_names_the_one_before(fake_models):
    plot, poster = fake_models["plot"], fake_models["poster"]
    old = make_version("plot", "plot-old", state=ModelVersion.State.RETIRED)
    older = make_version("plot", "plot-older", state=ModelVersion.State.RETIRED)
    Activation.objects.create(kind="plot", version=plot, previous=older, reason="not_worse")
    Activation.objects.create(kind="plot", version=plot, previous=old, reason="overruled")
    Activation.objects.create(kind="plot", version=plot, previous=older, reason="rollback")
    Activation.objects.create(kind="poster", version=poster, previous=None, reason="shipped")
    assert find_roll_back_targets([plot, poster]) == {plot.pk: old}
    assert (roll_back_target(plot), roll_back_target(poster), roll_back_target(None)) == (old, None, None)
    assert kinds(read_models_page(staff=True))["plot"].before == old


def test_versions_name_the_labels_that_they_learned_from(fake_models):
    plot = fake_models["plot"]
    assert {row.learned for row in read_models_page(staff=False)["versions"]} == {0}
    for number, split in enumerate(["train", "train", "validation"]):
        TrainedOn.objects.create(version=plot, label=f"movie:{number}", split=split)
    forget_kept(TRAINED_ON)
    assert {row.version: row.learned for row in read_models_page(staff=False)["versions"]}[plot] == 2


def test_only_staff_is_told_what_could_be_trained(fake_models):
    assert set(read_models_page(staff=False)) == {"versions", "history"}


@pytest.mark.parametrize(("person", "kept", "first"), [("sam", 6, 10), ("rita", 5, 6)])
def test_the_page_takes_fewer_than_ten_queries(
    request, person, kept, first, client_for, ann, rita, fake_models, django_assert_num_queries
):
    for number in range(4):
        make_version("plot", f"plot-{number}", state=ModelVersion.State.RETIRED)
        feedback = make_feedback(make_prediction(ann), ann)
        Feedback.objects.filter(pk=feedback.pk).update(state="accepted", settled_at=timezone.now())
        Activation.objects.create(kind="plot", version=fake_models["plot"], reason="not_worse")
    browser = client_for(request.getfixturevalue(person))
    cache.clear()
    # Session and person, then versions and history; of staff what can be gone back to and the trainings, of others
    # the role. Where they are not kept: labels learned from, and for staff three counts of corrections.
    with django_assert_num_queries(first):
        browser.get("/models/")
    with django_assert_num_queries(kept):
        browser.get("/models/")
