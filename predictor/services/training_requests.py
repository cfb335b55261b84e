"""Which trainings a site can ask for, and the row of one that was asked for."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genresite.errors import Conflict, Forbidden, InvalidInput
from predictor.models import Feedback, Job, Kind, ModelVersion
from predictor.models.feedback import FeedbackQuerySet

if TYPE_CHECKING:
    from genresite.accounts.models import User

RECIPES = {
    "adapt-plot": gettext_lazy("Learn from the plot version in use"),
    "tfidf-linear": gettext_lazy("Plots from scratch: weighted words"),
    "adapt-poster": gettext_lazy("Learn from the poster version in use"),
    "cnn-scratch": gettext_lazy("Posters from scratch: a small convolutional network"),
    "late-fusion": gettext_lazy("Weigh plot and poster anew"),
}
KIND_RECIPES = {
    Kind.PLOT.value: ("adapt-plot", "tfidf-linear"),
    Kind.POSTER.value: ("adapt-poster", "cnn-scratch"),
    Kind.BOTH.value: ("late-fusion",),
}
FROM_ACTIVE = ("adapt-plot", "adapt-poster")


def open_training(
    *, model_kind: str, recipe: str = "", requested_by: "User | None" = None, trigger: str = Job.Trigger.PERSON
) -> Job:
    """Make the row of a training that waits.

    Args:
        model_kind: `plot`, `poster` or `both`.
        recipe: One of the kind's recipes; empty for its first, which learns from the version in use.
        requested_by: A member of staff, or None for the site itself.
        trigger: Who or what asks.

    Returns:
        The job, not yet in the queue.

    Raises:
        Forbidden: The person is not staff.
        InvalidInput: There is no such kind, or no such recipe for it.
        Conflict: A training of this kind waits or runs already, or there is no version to start from.
    """
    if requested_by is not None and not requested_by.is_staff:
        raise Forbidden(_("Only staff train models."))
    recipe = _check_recipe(model_kind, recipe)
    needed = {Kind.BOTH: (Kind.PLOT, Kind.POSTER)}.get(Kind(model_kind), (model_kind,) if recipe in FROM_ACTIVE else ())
    active = set(ModelVersion.objects.active().values_list("kind", flat=True))
    if missing := [str(kind) for kind in needed if kind not in active]:
        sentence = _("This training starts from the version in use, and none is in use for: %(kinds)s.")
        raise Conflict(sentence % {"kinds": ", ".join(missing)}, code="model_missing")
    try:
        with transaction.atomic():
            return Job.objects.create(
                kind=Job.Kind.TRAINING,
                model_kind=model_kind,
                requested_by=requested_by,
                trigger=trigger,
                parameters={"recipe": recipe},
            )
    except IntegrityError as exc:
        other = Job.objects.filter(kind=Job.Kind.TRAINING, model_kind=model_kind).unfinished().first()
        sentence = _("A training of this kind waits or runs already: job %(job)s. One at a time.")
        number = other.pk if other else "?"
        raise Conflict(sentence % {"job": number}, code="training_exists", details={"job": number}) from exc


def _check_recipe(model_kind: str, recipe: str) -> str:
    """The recipe's name, or the kind's first."""
    if model_kind not in KIND_RECIPES:
        raise InvalidInput(
            _("A training is for one of %(known)s, not %(kind)s.")
            % {"known": ", ".join(KIND_RECIPES), "kind": model_kind or _("nothing")},
            field="model_kind",
        )
    known = KIND_RECIPES[model_kind]
    if recipe and recipe not in known:
        raise InvalidInput(
            _("The recipes for %(kind)s are %(known)s, not %(recipe)s.")
            % {"kind": model_kind, "known": ", ".join(known), "recipe": recipe},
            field="recipe",
        )
    return recipe or known[0]


def open_due_trainings() -> list[Job]:
    """Make the rows of trainings for which enough corrections were accepted since the last one of their kind.

    Returns:
        The jobs, not yet in the queue; none while `TRAIN_AFTER_LABELS` is 0.
    """
    wanted = settings.TRAIN_AFTER_LABELS
    if wanted <= 0:
        return []
    due = [kind for kind in (Kind.PLOT, Kind.POSTER) if count_new_labels(kind) >= wanted]
    return _open_each([kind.value for kind in due], Job.Trigger.LABELS)


def open_scheduled_trainings() -> list[Job]:
    """Make the rows of the trainings that the schedule asks for: plots and posters, each from the version in use.

    Returns:
        The jobs, not yet in the queue; a kind whose training waits or runs already is passed over.
    """
    return _open_each([Kind.PLOT.value, Kind.POSTER.value], Job.Trigger.SCHEDULE)


def _open_each(kinds: list[str], trigger: str) -> list[Job]:
    jobs = []
    for kind in kinds:
        try:
            jobs.append(open_training(model_kind=kind, trigger=trigger))
        except Conflict:
            continue
    return jobs


def count_new_labels(model_kind: str) -> int:
    """How many corrections of a kind were accepted since the last training of that kind was asked for."""
    last = Job.objects.filter(kind=Job.Kind.TRAINING, model_kind=model_kind).first()
    return select_new_labels(model_kind, last).count()


def select_new_labels(model_kind: str, last: Job | None) -> FeedbackQuerySet:
    """The corrections of a kind that were accepted since a training was asked for; all of them before the first."""
    rows = Feedback.objects.filter(state=Feedback.State.ACCEPTED, prediction__kind__in=(model_kind, Kind.BOTH))
    return rows.filter(settled_at__gt=last.created_at) if last else rows
