"""Reads for the Models page: the versions, who let which answer and why, and what can be done."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from predictor.ml import duel
from predictor.models import Activation, Feedback, Job, Kind, ModelVersion
from predictor.services.promotion import has_passed, roll_back_target
from predictor.services.training_requests import count_new_labels
from predictor.services.versions import may_answer
from predictor.training_forms import RollbackForm, TrainForm

HISTORY_ROWS = 20


@dataclass(frozen=True)
class VersionRow:
    """A version, and what may be done with it."""

    version: ModelVersion
    verdict: str
    needs_reason: bool
    promotable: bool


@dataclass(frozen=True)
class KindRow:
    """One kind of model: who answers, and to whom one can go back."""

    kind: str
    label: str
    active: ModelVersion | None
    before: ModelVersion | None
    training: Job | None
    new_labels: int
    form: RollbackForm


def read_models_page(*, train_form: TrainForm | None = None) -> dict[str, Any]:
    """Everything that the Models page shows.

    Args:
        train_form: A form that was sent and refused; an empty one by default.

    Returns:
        The template's context.
    """
    versions = ModelVersion.objects.select_related("activated_by", "parent").annotate(
        learned=Count("trained_on", filter=Q(trained_on__split="train"))
    )
    history = Activation.objects.select_related("version", "previous", "person")[:HISTORY_ROWS]
    active = {version.kind: version for version in versions if version.state == ModelVersion.State.ACTIVE}
    return {
        "versions": [_row(version, active.get(version.kind)) for version in versions],
        "kinds": [_kind_row(kind, active.get(kind)) for kind in Kind.values],
        "history": history,
        "train_form": train_form or TrainForm(),
        "accepted": Feedback.objects.filter(state=Feedback.State.ACCEPTED).count(),
    }


def _row(version: ModelVersion, champion: ModelVersion | None) -> VersionRow:
    waiting = version.state in (ModelVersion.State.CANDIDATE, ModelVersion.State.RETIRED)
    promotable = waiting and may_answer(version)
    return VersionRow(version, tell_verdict(version.comparison), not has_passed(version, champion), promotable)


def _kind_row(kind: str, active: ModelVersion | None) -> KindRow:
    training = Job.objects.filter(kind=Job.Kind.TRAINING, model_kind=kind).unfinished().first()
    new = count_new_labels(kind) if kind != Kind.BOTH else 0
    form = RollbackForm(initial={"kind": kind})
    return KindRow(kind, str(Kind(kind).label), active, roll_back_target(active), training, new, form)


def tell_verdict(comparison: dict[str, Any]) -> str:
    """What came of a comparison with the version that answered, as a sentence; empty where there was none.

    Args:
        comparison: As `ModelVersion.comparison` keeps it.

    Returns:
        The sentence.
    """
    sentences = {
        duel.BETTER: _("Better than %(champion)s"),
        duel.NOT_WORSE: _("Not worse than %(champion)s"),
        duel.UNPROVEN: _("Not shown to be as good as %(champion)s"),
        duel.WORSE: _("Worse than %(champion)s"),
        duel.SAME: _("Answers just as %(champion)s does"),
        duel.TOO_FEW_FILMS: _("Too few test films to compare with %(champion)s: %(films)s, and %(least)s are needed"),
        duel.NO_CHAMPION: _("The first of its kind"),
    }
    sentence = sentences.get(comparison.get("verdict", ""), "")
    values = {"champion": comparison.get("champion_name", ""), "films": comparison.get("films", 0)}
    told = sentence % {**values, "least": duel.MIN_FILMS} if sentence else ""
    if "difference" not in comparison:
        return told
    low, high = comparison["interval"]
    figures = _(": F1 %(difference)+.3f (95 %% interval %(low)+.3f to %(high)+.3f) on %(films)s test films")
    return told + figures % {**values, "difference": comparison["difference"], "low": low, "high": high}
