"""Reads for the Models page: the versions, who let which answer and why, and what can be done."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from genresite.figures import show_change
from genresite.kept import read_kept
from predictor.ml import duel
from predictor.models import Activation, Feedback, Job, Kind, ModelVersion, TrainedOn
from predictor.models.lineage import TRAINED_ON
from predictor.services.promotion import find_roll_back_targets, has_passed
from predictor.services.training_requests import select_new_labels
from predictor.services.versions import may_answer
from predictor.services.words import words_scope
from predictor.training_forms import PromoteForm, RollbackForm, TrainForm

HISTORY_ROWS = 20
KEPT_SECONDS = 600

SentForm = TrainForm | PromoteForm | RollbackForm
"""One of the forms of the page."""


@dataclass(frozen=True)
class VersionRow:
    """A version, and what may be done with it."""

    version: ModelVersion
    learned: int
    verdict: str
    needs_reason: bool
    promotable: bool
    form: PromoteForm


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


def read_models_page(*, staff: bool, sent: SentForm | None = None) -> dict[str, Any]:
    """Everything that the Models page shows.

    Args:
        staff: Whether it is for staff, who can train and go back.
        sent: The one of the page's forms that was sent and refused; it stands in the place of the empty one.

    Returns:
        The template's context.
    """
    versions = list(ModelVersion.objects.select_related("activated_by", "parent"))
    active = {version.kind: version for version in versions if version.state == ModelVersion.State.ACTIVE}
    learned = read_kept(scope=TRAINED_ON, name="films", seconds=KEPT_SECONDS, count=_count_learned)
    page = {
        "versions": [_row(version, active.get(version.kind), learned.get(version.pk, 0), sent) for version in versions],
        "history": Activation.objects.select_related("version", "previous", "person")[:HISTORY_ROWS],
    }
    train_form = sent if isinstance(sent, TrainForm) else TrainForm()
    return page | (_read_training(active, sent) | {"train_form": train_form} if staff else {})


def _count_learned() -> dict[int, int]:
    """From how many labels of this site each version learned. The rows of a version never change."""
    rows = TrainedOn.objects.filter(split=TrainedOn.Split.TRAIN).order_by()
    return dict(rows.values_list("version").annotate(labels=Count("pk")))


def _row(version: ModelVersion, champion: ModelVersion | None, learned: int, sent: SentForm | None) -> VersionRow:
    waiting = version.state in (ModelVersion.State.CANDIDATE, ModelVersion.State.RETIRED)
    promotable = waiting and may_answer(version)
    verdict = tell_verdict(version.comparison)
    needs_reason = not has_passed(version, champion)
    form = PromoteForm(version=version)
    if isinstance(sent, PromoteForm) and sent.version == version:
        form = sent
    form.fields["note"].widget.attrs["required"] = needs_reason
    return VersionRow(version, learned, verdict, needs_reason, promotable, form)


def _read_training(active: dict[str, ModelVersion], sent: SentForm | None) -> dict[str, Any]:
    """What staff can do: train, with how much is new, and go back."""
    before = find_roll_back_targets(active.values())
    asked = Job.objects.filter(kind=Job.Kind.TRAINING)
    latest = asked.order_by().values("model_kind").annotate(latest=Max("pk")).values("latest")
    # Newest first: the first one of a kind is the latest that was asked for, though one tried again may still run.
    jobs = list(asked.filter(~Q(state__in=Job.FINISHED) | Q(pk__in=latest)))
    last: dict[str, Job] = {}
    for job in jobs:
        last.setdefault(job.model_kind, job)
    running = {job.model_kind: job for job in jobs if not job.finished}
    marks = "-".join(str(last[kind].pk if kind in last else 0) for kind in Kind.values)
    accepted, new = read_kept(
        scope=words_scope(None), name=f"accepted-{marks}", seconds=KEPT_SECONDS, count=lambda: _count_accepted(last)
    )
    rows = []
    for kind in Kind.values:
        version = active.get(kind)
        target = before.get(version.pk) if version else None
        form, label = RollbackForm(kind=kind), str(Kind(kind).label)
        if isinstance(sent, RollbackForm) and sent.of_kind == kind:
            form = sent
        rows.append(KindRow(kind, label, version, target, running.get(kind), new.get(kind, 0), form))
    return {"kinds": rows, "accepted": accepted}


def _count_accepted(last: dict[str, Job]) -> tuple[int, dict[str, int]]:
    """The corrections that were accepted, and of each kind those since its latest training."""
    accepted = Feedback.objects.filter(state=Feedback.State.ACCEPTED).count()
    kinds = (Kind.PLOT.value, Kind.POSTER.value)
    return accepted, {kind: select_new_labels(kind, last.get(kind)).count() for kind in kinds}


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
    figures = _(": F1 %(difference)s (95 %% interval %(low)s to %(high)s) on %(films)s test films")
    signed = {"difference": comparison["difference"], "low": low, "high": high}
    return told + figures % {**values, **{name: show_change(value, 3) for name, value in signed.items()}}
