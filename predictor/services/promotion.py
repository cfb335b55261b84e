"""Which version answers: promotion of a challenger, and the way back."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from genresite.errors import Conflict, Forbidden, InvalidInput
from movies.validators import clean_line
from predictor import bundles
from predictor.ml.artifacts import read_manifest
from predictor.ml.duel import PASSED
from predictor.ml.errors import ArtifactError
from predictor.models import Activation, Kind, ModelVersion
from predictor.services.versions import activate_version

if TYPE_CHECKING:
    from genresite.accounts.models import User

NOTE_MAX_CHARS = 300


def has_passed(version: ModelVersion, champion: ModelVersion | None) -> bool:
    """Whether a version was measured beside the one that answers now, and is not worse."""
    beside = version.comparison.get("champion_name", "")
    return version.comparison.get("verdict") in PASSED and beside == (champion.name if champion else "")


def promote_version(*, version: ModelVersion, person: "User", note: str = "") -> ModelVersion:
    """Let a version answer from now on. Promoting the one that answers already is harmless.

    Args:
        version: The version.
        person: A member of staff.
        note: Why; needed where the version was not shown to be no worse than the one that answers.

    Returns:
        The version's row.

    Raises:
        Forbidden: The person is not staff.
        InvalidInput: A reason is needed and none came, or it breaks its rule.
        Conflict: The version's files are damaged, or its genres are another set's.
    """
    _require_staff(person)
    note = clean_line(note, field="note", label=_("reason"), max_chars=NOTE_MAX_CHARS, required=False)
    if version.state == ModelVersion.State.ACTIVE:
        return version
    passed = has_passed(version, ModelVersion.objects.active().filter(kind=version.kind).first())
    if not passed and not note:
        raise InvalidInput(
            _("%(name)s was not shown to be as good as the version in use: say why it is to answer all the same.")
            % {"name": version.name},
            code="reason_needed",
            field="note",
        )
    reason = Activation.Reason.NOT_WORSE if passed else Activation.Reason.OVERRULED
    return let_answer(version=version, person=person, reason=reason, note=note)


def roll_back_target(active: ModelVersion | None) -> ModelVersion | None:
    """The version that would answer after a roll-back: the one that answered before the active one was let answer."""
    return find_roll_back_targets([active]).get(active.pk) if active else None


def find_roll_back_targets(active: Iterable[ModelVersion]) -> dict[int, ModelVersion]:
    """What `roll_back_target` finds for each of several versions, in one query.

    Args:
        active: Versions that answer.

    Returns:
        By the number of the active version, as far as there is one to go back to.
    """
    rows = Activation.objects.filter(version__in=list(active)).exclude(reason=Activation.Reason.ROLLBACK)
    latest = rows.order_by().values("version").annotate(latest=Max("pk")).values("latest")
    found = Activation.objects.filter(pk__in=latest).select_related("previous")
    return {row.version_id: row.previous for row in found if row.previous}


def roll_back(*, kind: str, person: "User", note: str = "") -> ModelVersion:
    """Let the version before the active one answer again.

    Args:
        kind: `plot`, `poster` or `both`.
        person: A member of staff.
        note: Why.

    Returns:
        The version that answers now.

    Raises:
        Forbidden: The person is not staff.
        Conflict: There is none before it, or its files are damaged.
        InvalidInput: The reason breaks its rule.
    """
    _require_staff(person)
    before = roll_back_target(ModelVersion.objects.active().filter(kind=kind).first())
    if before is None:
        raise Conflict(_("There is no earlier version to go back to."), code="nothing_before")
    note = clean_line(note, field="note", label=_("reason"), max_chars=NOTE_MAX_CHARS, required=False)
    return let_answer(version=before, person=person, reason=Activation.Reason.ROLLBACK, note=note)


def let_answer(*, version: ModelVersion, person: "User | None", reason: str, note: str = "") -> ModelVersion:
    """Activate a version, and with a plot or poster version the joint model that was made for it.

    Args:
        version: The version.
        person: Who decided; None for the site itself.
        reason: One of `Activation.Reason`.
        note: Why, in words.

    Returns:
        The version's row.

    Raises:
        Conflict: Its files are damaged, or its genres are another set's.
    """
    with transaction.atomic():
        version = activate_version(version=version, person=person, reason=reason, note=note)
        joint = find_joint() if version.kind != Kind.BOTH else None
        if joint is not None and joint.state != ModelVersion.State.ACTIVE:
            followed = _("Made for %(name)s.") % {"name": version.name}
            activate_version(version=joint, person=person, reason=Activation.Reason.FOLLOWED, note=followed)
    return version


def find_joint() -> ModelVersion | None:
    """The latest joint version that was made for the active plot and poster versions; None leaves the present one.

    A joint model goes on with the parts that it was made for, whichever answer on their own.
    """
    parts = {
        version.kind: version.name
        for version in ModelVersion.objects.active().filter(kind__in=(Kind.PLOT, Kind.POSTER))
    }
    usable = ModelVersion.objects.filter(kind=Kind.BOTH).exclude(state=ModelVersion.State.BROKEN)
    fitting = [version for version in usable.order_by("-pk") if _reads(version) == parts]
    active = next((version for version in fitting if version.state == ModelVersion.State.ACTIVE), None)
    return active or (fitting[0] if fitting else None)


def _reads(version: ModelVersion) -> dict[str, str]:
    """The names of the parts of a joint version, by kind."""
    folder = bundles.find_folder(version.folder)
    try:
        made_of = read_manifest(folder)["preprocessing"] if folder else {}
    except ArtifactError:
        return {}
    return {kind: str(made_of.get(kind, "")) for kind in (Kind.PLOT.value, Kind.POSTER.value)}


def _require_staff(person: "User") -> None:
    if not person.is_staff:
        raise Forbidden(_("Only staff choose the model versions that answer."))
