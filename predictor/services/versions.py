"""Model versions: registering bundles, and choosing the version that answers."""

from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from genresite.accounts.models import User
from genresite.errors import Conflict, InvalidInput, NotFound
from genresite.hooks.models import Event
from genresite.hooks.services import announce_to_all
from movies.vocabulary import GENRES
from predictor import bundles
from predictor.ml.errors import ArtifactError
from predictor.models import Activation, ModelVersion


@dataclass
class Registration:
    """What `register_shipped_versions` did, by names of versions; `refused` maps a name to the reason."""

    added: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    activated: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def register_version(folder: Path) -> ModelVersion:
    """Make a bundle known to the site, as a candidate; doing it again changes nothing.

    A version is written once: the manifest of a version trained here may not change afterwards. A shipped bundle is
    part of the release, so a release that brings another manifest under the same name renews the row.

    Args:
        folder: The bundle's folder, in PRETRAINED_DIR or MODELS_DIR.

    Returns:
        The version's row.

    Raises:
        InvalidInput: The bundle lies elsewhere, or one of its files is missing or not what the manifest says.
        Conflict: Another bundle is registered or comes with the site under this name.
    """
    folder = folder.resolve()
    shipped = folder.parent == Path(settings.PRETRAINED_DIR).resolve()
    if not shipped and folder.parent != Path(settings.MODELS_DIR).resolve():
        raise InvalidInput(
            _("The bundle %(name)s lies in neither of the two folders for models.") % {"name": folder.name},
            code="model_misplaced",
        )
    if not shipped and bundles.is_shipped(folder.name):
        raise Conflict(
            _("A model that comes with the site is called %(name)s: give this one another name.")
            % {"name": folder.name},
            code="model_name_taken",
        )
    problem = bundles.find_problem(folder)
    if problem:
        raise InvalidInput(problem, code="model_broken")
    facts = bundles.read_facts(folder)
    values = {
        "kind": facts.kind,
        "recipe": facts.recipe,
        "folder": facts.name,
        "manifest_sha256": facts.manifest_sha256,
        "training_fingerprint": facts.training_fingerprint,
        "genres": list(facts.genres),
        "metrics": dict(facts.metrics),
    }
    version, created = ModelVersion.objects.get_or_create(name=facts.name, defaults=values)
    if not created and version.manifest_sha256 != facts.manifest_sha256:
        if not shipped:
            raise Conflict(
                _("Another bundle is registered as %(name)s: a version is written once.") % {"name": facts.name},
                code="model_name_taken",
            )
        ModelVersion.objects.filter(pk=version.pk).update(**values)
    if not created and version.state == ModelVersion.State.BROKEN:
        ModelVersion.objects.filter(pk=version.pk).update(state=ModelVersion.State.CANDIDATE)
    version.refresh_from_db()
    return version


def activate_version(
    *,
    version: ModelVersion,
    person: User | None = None,
    reason: str = Activation.Reason.OVERRULED,
    note: str = "",
) -> ModelVersion:
    """Let a version answer from now on; the one that answered for its kind is retired, and the history tells of it.

    Args:
        version: The version, of whatever state.
        person: Who decided; None for the site itself.
        reason: One of `Activation.Reason`.
        note: Why, in words.

    Returns:
        The version's row.

    Raises:
        Conflict: Its files are missing or changed; the version is then marked as broken. Or its genres are not those
            of the catalogue, so that it can only be asked by its name.
    """
    problem = find_version_problem(version)
    if problem:
        mark_broken(version)
        raise Conflict(problem, code="model_broken")
    strangers = [name for name in version.genres if name not in GENRES]
    if strangers:
        raise Conflict(
            _("The version %(name)s answers in genres of another set (%(genres)s): it can be asked by its name only.")
            % {"name": version.name, "genres": ", ".join(strangers[:3])},
            code="model_of_other_genres",
        )
    with transaction.atomic():
        # Two people at once: one after the other, so that the history tells who came before whom.
        rivals = {rival.pk: rival for rival in ModelVersion.objects.select_for_update().filter(kind=version.kind)}
        before = next((rival for rival in rivals.values() if rival.state == ModelVersion.State.ACTIVE), None)
        if before is None or before.pk != version.pk:
            ModelVersion.objects.filter(kind=version.kind).active().update(state=ModelVersion.State.RETIRED)
            ModelVersion.objects.filter(pk=version.pk).update(
                state=ModelVersion.State.ACTIVE, activated_at=timezone.now(), activated_by=person
            )
            Activation.objects.create(
                kind=version.kind, version=version, previous=before, person=person, reason=reason, note=note
            )
            payload = {"kind": version.kind, "version": version.name, "previous": before.name if before else None}
            announce_to_all(Event.MODEL_PROMOTED, payload)
    version.refresh_from_db()
    return version


def mark_broken(version: ModelVersion) -> None:
    """Take a version whose files do not match out of use; its files stay as they are."""
    ModelVersion.objects.filter(pk=version.pk).update(state=ModelVersion.State.BROKEN)


def find_version_problem(version: ModelVersion) -> str | None:
    """What is wrong with a registered version's files, in a sentence, or None."""
    folder = bundles.find_folder(version.folder)
    if folder is None:
        return _("The folder of model version %(name)s is not there.") % {"name": version.name}
    return bundles.find_problem(folder, manifest_sha256=version.manifest_sha256)


def find_version(name: str) -> ModelVersion:
    """A version by its name, or the latest of those whose names go on with a hyphen: `imdb27` for `imdb27-lstm-1`.

    Raises:
        NotFound: There is none; the message lists those that exist.
    """
    version = ModelVersion.objects.filter(name=name).first()
    if version is None:
        version = max(ModelVersion.objects.filter(name__startswith=f"{name}-"), key=_made, default=None)
    if version is None:
        known = ", ".join(ModelVersion.objects.order_by("kind", "name").values_list("name", flat=True))
        raise NotFound(
            _("There is no model version %(name)s. Known versions: %(known)s.")
            % {"name": name, "known": known or _("none")},
            code="version_unknown",
        )
    return version


def register_shipped_versions() -> Registration:
    """Register the bundles that come with the site, and let them answer where that is called for.

    A shipped version becomes active if nothing usable is active for its kind, or if it is new here and the active one
    is a shipped version too: a release brings its own models. A version trained here, and a person's choice between
    versions that are already known, are never overruled. Of several the best measured is taken, else the latest made.

    Returns:
        What was done.
    """
    report = Registration()
    fresh: list[ModelVersion] = []
    for folder in bundles.list_shipped_folders():
        known = ModelVersion.objects.filter(name=folder.name).first()
        problem = bundles.find_problem(folder)
        if problem:
            report.refused[folder.name] = problem
            if known:
                mark_broken(known)
            continue
        version = register_version(folder)
        if known is None:
            fresh.append(version)
            report.added.append(version.name)
        elif known.manifest_sha256 != version.manifest_sha256:
            report.renewed.append(version.name)
    for kind in ModelVersion.objects.values_list("kind", flat=True).order_by("kind").distinct():
        chosen = _choose_shipped(kind, fresh)
        if chosen is not None:
            report.activated.append(activate_version(version=chosen, reason=Activation.Reason.SHIPPED).name)
    return report


def _choose_shipped(kind: str, fresh: list[ModelVersion]) -> ModelVersion | None:
    """The shipped version that should become active for a kind, or None if all stays as it is."""
    active = ModelVersion.objects.active().filter(kind=kind).first()
    usable = active is not None and find_version_problem(active) is None
    if usable and active is not None and not bundles.is_shipped(active.folder):
        return None
    fresh_names = {version.name for version in fresh}
    candidates = [
        version
        for version in ModelVersion.objects.filter(kind=kind).exclude(state=ModelVersion.State.BROKEN)
        if bundles.is_shipped(version.folder)
        and (not usable or version == active or version.name in fresh_names)
        and may_answer(version)
    ]
    best = max(candidates, key=lambda version: (_quality(version), _made(version)), default=None)
    return None if usable and best == active else best


def may_answer(version: ModelVersion) -> bool:
    """Whether a version speaks of the catalogue's genres; one of another list of names is asked by its name only."""
    return set(version.genres) <= set(GENRES)


def _quality(version: ModelVersion) -> float:
    """Mean of micro-F1 and macro-F1 on the test films, which are the same for all shipped versions of a kind."""
    scores = version.metrics.get("test", {}).get("f1", {})
    return float(scores.get("micro", 0.0)) + float(scores.get("macro_supported", 0.0))


def _made(version: ModelVersion) -> tuple[str, str]:
    """When a bundle was made, then its name: the order of versions."""
    folder = bundles.find_folder(version.folder)
    try:
        created = bundles.read_facts(folder).created if folder else ""
    except ArtifactError:
        created = ""
    return created, version.name
