"""Training as a job: confirmed labels in, a registered and measured version out, which answers if it is not worse."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from genresite.errors import DomainError, InvalidInput
from genresite.kept import forget_kept
from movies.models import Movie
from predictor import bundles
from predictor.ml.artifacts import read_manifest
from predictor.ml.duel import PASSED
from predictor.ml.errors import MLError
from predictor.models import Activation, Feedback, Job, Kind, ModelVersion, TrainedOn
from predictor.models.lineage import TRAINED_ON
from predictor.services.duels import measure_beside_champion
from predictor.services.heartbeats import JobStopped, Watch, keep_alive
from predictor.services.job_states import Claim, claim_job, fail_job, finish_job
from predictor.services.promotion import let_answer
from predictor.services.training_requests import FROM_ACTIVE
from predictor.services.versions import register_version
from predictor.training_data import Gathered, gather_labels, learned_labels, limit_learning

# With fewer films a recipe has nothing to go by: adapting leaves parts of them out in turn, the others need many.
MIN_FILMS = {"adapt-plot": 20, "adapt-poster": 20, "tfidf-linear": 200, "cnn-scratch": 200}
MIN_PAIRS = 50
# Adapting compares every film with every other: its memory grows with the square of their number (128 MB a copy here).
MAX_ADAPT_FILMS = 4000


def run_training(*, job_id: int) -> Claim:
    """Do the work of a training, unless another worker does or it is over.

    A training taken up again goes on from its last checkpoint; what was written or registered before its worker died is
    found again by the job's number and not made twice.

    Args:
        job_id: The job's number.

    Returns:
        What came of the claim.
    """
    claim, attempt = claim_job(job_id)
    if claim is not Claim.OURS:
        return claim
    job = Job.objects.get(pk=job_id)
    try:
        with keep_alive(job_id=job_id, attempt=attempt) as watch:
            outcome = _train(job, watch)
            Job.objects.filter(pk=job_id, attempt=attempt).update(outcome=outcome, stage="")
    except JobStopped:
        finish_job(job_id=job_id, attempt=attempt)
    except MemoryError:
        sentence = _("There is not enough memory: the limit is %(limit)s MB (TRAINING_MEMORY_MB).")
        fail_job(job_id=job_id, attempt=attempt, failure=sentence % {"limit": settings.TRAINING_MEMORY_MB})
    except DomainError as exc:
        fail_job(job_id=job_id, attempt=attempt, failure=exc.message)
    except Exception:
        failure = _("Something went wrong on our side. The version in use is the same as before.")
        fail_job(job_id=job_id, attempt=attempt, failure=failure)
        raise
    else:
        finish_job(job_id=job_id, attempt=attempt)
    # Only a worker that dies leaves its checkpoints behind, for the one that goes on.
    for left in _work_root().glob(f"{name_version(job)}-*"):
        shutil.rmtree(left, ignore_errors=True)
    return claim


def _work_root() -> Path:
    return Path(settings.MODELS_DIR) / ".work"


def _train(job: Job, watch: Watch) -> dict[str, Any]:
    """Gather, train, register, compare, and let the version answer if it is not worse; what came of it."""
    recipe = str(job.parameters["recipe"])
    watch.enter(_("Collecting the confirmed labels"))
    gathered = gather_labels(job.model_kind)
    if recipe in FROM_ACTIVE:
        limit_learning(gathered, MAX_ADAPT_FILMS)
    told = {
        "films": {split: gathered.count(split) for split in gathered.items},
        "left_out": {reason: count for reason, count in gathered.left_out.items() if count},
    }
    fingerprint = _name_labels(gathered, recipe)
    folder = Path(settings.MODELS_DIR) / name_version(job)
    same = ModelVersion.objects.filter(recipe=recipe, labels_fingerprint=fingerprint).exclude(name=folder.name).first()
    if same is not None and not folder.exists():
        return {**told, "result": "nothing_new", "same_as": same.name}
    _check_counts(recipe, gathered)
    parents = {version.kind: version for version in ModelVersion.objects.active()}
    _drop_stale(folder, gathered)
    if not folder.exists():
        _make_bundle(job, recipe, gathered, parents, folder, watch)
    watch.enter(_("Registering the version"))
    parent = parents.get(job.model_kind) if recipe in FROM_ACTIVE else None
    version = _register(job, folder, gathered, fingerprint, parent)
    watch.enter(_("Measuring it beside the version in use"))
    comparison = measure_beside_champion(version, gathered, _work_root() / folder.name)
    promoted = _promote(version, comparison)
    return {**told, "result": "promoted" if promoted else "kept", "version": version.name, "comparison": comparison}


def name_version(job: Job) -> str:
    """The name of what a job makes: the same whenever it is taken up again."""
    recipe = str(job.parameters["recipe"]).removesuffix(f"-{job.model_kind}")
    return f"{job.model_kind}-{recipe}-job{job.pk}"


def _drop_stale(folder: Path, gathered: Gathered) -> None:
    """Remove what a worker that died had written from other labels than there are now, unless it is registered."""
    if not folder.exists() or ModelVersion.objects.filter(name=folder.name).exists():
        return
    if gathered.fingerprint not in str(read_manifest(folder).get("training", {}).get("command", "")):
        shutil.rmtree(folder)


def _name_labels(gathered: Gathered, recipe: str) -> str:
    """What a training depends on beside its recipe; a fusion also depends on the versions that it weighs."""
    parts = ModelVersion.objects.active().exclude(kind=Kind.BOTH).order_by("kind") if recipe == "late-fusion" else ()
    names = [f"{version.name}:{version.manifest_sha256}" for version in parts]
    return hashlib.sha256("\n".join([gathered.fingerprint, *names]).encode()).hexdigest()


def _check_counts(recipe: str, gathered: Gathered) -> None:
    """Refuse to train on so few films that nothing could come of it.

    Raises:
        InvalidInput: The films are too few.
    """
    split, needed = ("validation", MIN_PAIRS) if recipe == "late-fusion" else ("train", MIN_FILMS[recipe])
    found = gathered.count(split)
    if found >= needed:
        return
    sentence = _(
        "There are too few confirmed labels: this training needs %(needed)d films in its share for %(split)s, and "
        "there are %(found)d (%(all)d in all; %(left_out)d more may not be learned from)."
    )
    numbers = {"needed": needed, "found": found, "all": sum(map(gathered.count, gathered.items))}
    split_names = {"train": _("learning"), "validation": _("tuning")}
    raise InvalidInput(
        sentence % {**numbers, "split": split_names[split], "left_out": gathered.left_out["not_allowed"]},
        code="too_few_labels",
    )


def _make_bundle(
    job: Job, recipe: str, gathered: Gathered, parents: dict[str, ModelVersion], folder: Path, watch: Watch
) -> None:
    """Run the recipe; it goes on from the checkpoint of the same job if there is one.

    Raises:
        InvalidInput: The recipe refuses the labels or the settings.
        JobStopped: Somebody cancelled the job.
    """
    # Imported here because recipes bring Keras in, which no web process may load.
    from predictor.ml.training.progress import watched
    from predictor.ml.training.recipes import TrainingRequest, find_recipe

    # Other labels are another run, whose checkpoints are of no use to this one.
    work = _work_root() / f"{folder.name}-{gathered.fingerprint[:12]}"
    homes = {kind: bundles.find_folder(version.folder) for kind, version in parents.items()}
    request = TrainingRequest(
        output=folder,
        work=work,
        plots=gathered.plots() if gathered.kind != Kind.POSTER else {},
        posters=gathered.posters(work / "posters") if gathered.kind != Kind.PLOT else {},
        plot_bundle=homes.get(Kind.PLOT.value),
        poster_bundle=homes.get(Kind.POSTER.value),
        command=f"job {job.pk} on labels {gathered.fingerprint}",
        overrides=job.parameters.get("settings", {}),
    )
    try:
        with watched(watch.report):
            find_recipe(recipe, job.model_kind)(request)
    except MLError as exc:
        raise InvalidInput(str(exc), code="training_refused") from exc


def _register(
    job: Job, folder: Path, gathered: Gathered, fingerprint: str, parent: ModelVersion | None
) -> ModelVersion:
    """Make the version known together with the labels that it learned from: both or neither."""
    with transaction.atomic():
        version = register_version(folder)
        if not version.labels_fingerprint:
            _note_labels(version, gathered)
            ModelVersion.objects.filter(pk=version.pk).update(labels_fingerprint=fingerprint, parent=parent)
        Job.objects.filter(pk=job.pk).update(version=version)
    _make_joint(version)
    version.refresh_from_db()
    return version


def _note_labels(version: ModelVersion, gathered: Gathered) -> None:
    """Keep which labels a version learned from; of films and corrections deleted meanwhile only the name stays."""
    movies = set(Movie.objects.values_list("pk", flat=True))
    feedback = set(Feedback.objects.filter(state=Feedback.State.ACCEPTED).values_list("pk", flat=True))
    rows = [
        TrainedOn(
            version=version,
            label=label.key,
            split=split,
            movie_id=label.movie_id if label.movie_id in movies else None,
            feedback_id=label.feedback_id if label.feedback_id in feedback else None,
        )
        for split, label in learned_labels(gathered)
    ]
    TrainedOn.objects.bulk_create(rows, batch_size=1000)
    forget_kept(TRAINED_ON)


def _make_joint(version: ModelVersion) -> None:
    """Carry the joint model over to a new plot or poster version, so that pairs profit from it too."""
    joint = ModelVersion.objects.active().filter(kind=Kind.BOTH, recipe="late-fusion").first()
    other_kind = {Kind.PLOT.value: Kind.POSTER.value, Kind.POSTER.value: Kind.PLOT.value}.get(version.kind)
    other = ModelVersion.objects.active().filter(kind=other_kind).first()
    if joint is None or other is None:
        return
    # Imported here because it brings the ONNX package in, which no web process may load.
    from predictor.ml.artifacts import load_bundle
    from predictor.ml.training.fusion import carry_fusion

    folder = Path(settings.MODELS_DIR) / f"both-{version.name}"
    if not folder.exists():
        homes = [bundles.find_folder(row.folder) for row in (joint, version, other)]
        found = [load_bundle(home) for home in homes if home is not None]
        if len(found) != len(homes) or "weights" not in read_manifest(found[0].folder).get("training", {}):
            return
        parts = {bundle.kind: bundle for bundle in found[1:]}
        carry_fusion(folder, found[0], parts["plot"], parts["poster"])
    carried = register_version(folder)
    ModelVersion.objects.filter(pk=carried.pk).update(parent=joint)


def _promote(version: ModelVersion, comparison: dict[str, Any]) -> bool:
    """Let the version answer if it was shown to be no worse, and never a second time after somebody rolled it back."""
    if comparison["verdict"] not in PASSED:
        return False
    if not version.activations.exists():
        let_answer(version=version, person=None, reason=Activation.Reason.NOT_WORSE)
    return True
