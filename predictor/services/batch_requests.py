"""Giving in a file to be predicted, trying its failed rows again, and throwing it away."""

from contextlib import ExitStack
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Q, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from genresite.errors import Conflict, Forbidden, InvalidInput, NotFound, TooLarge
from predictor import tasks
from predictor.models import Batch, BatchChunk, Job, ModelVersion
from predictor.services.batch_files import drop_files
from predictor.services.batch_pins import pin_versions
from predictor.services.batch_sources import Inspection, inspect_file
from predictor.services.jobs import cancel_job, hand_over
from predictor.services.row_runs import choose_kind
from predictor.services.versions import find_version

if TYPE_CHECKING:
    from genresite.accounts.models import User

NAME_MAX_CHARS = 120


def request_batch(
    *,
    owner: "User",
    upload: "UploadedFile[Any]",
    kind: str = "",
    version: str = "",
    submission: UUID | None = None,
) -> Batch:
    """Take in a file of films and queue its prediction.

    Call it outside a transaction: the task is queued once the row is there for workers to see. Where the queue cannot
    be reached the batch waits, and is handed over by the clock once it is back.

    Args:
        owner: Whose batch it is.
        upload: A CSV or JSON lines file with id, plot and poster, or a ZIP of posters with at most one such list.
        kind: What every row is predicted from; empty for what each row has.
        version: The name of a model version to ask instead of the active one of its kind. Whichever answer at this
            moment answer for every row, even if another is promoted meanwhile.
        submission: One-time key of the form: the same form sent twice makes one batch.

    Returns:
        The batch, waiting for a worker; or the one that this form made before.

    Raises:
        InvalidInput: The file cannot be read as a whole, or the version is not known or of another kind.
        TooLarge: The file is larger than the site accepts.
        Conflict: So many batches of theirs are unfinished, or take so much room, that no more is accepted; or the files
            of the version are broken.
    """
    size_bytes = int(upload.size or 0)
    if size_bytes > settings.MAX_BATCH_BYTES:
        sizes = {"size": filesizeformat(size_bytes), "most": filesizeformat(settings.MAX_BATCH_BYTES)}
        raise TooLarge(_("The file has %(size)s; at most %(most)s are accepted.") % sizes)
    chosen = _find_version(version)
    name = _show_name(upload.name or "")
    earlier = _find_submitted(owner, submission)
    if earlier is not None and (earlier.name, earlier.size_bytes) == (name, size_bytes):
        return earlier
    inspection = inspect_file(upload.file, name=upload.name or "")  # type: ignore[arg-type]  # an open file for bytes
    # A version alone decides what the rows are predicted from, as it does in the shell.
    kind = choose_kind(kind, chosen) or ""
    batch = Batch(owner=owner, name=name, kind=kind, version=chosen, versions=pin_versions(kind, chosen))
    batch.form, batch.layout, batch.size_bytes = inspection.form, inspection.as_json(), size_bytes
    # A page that came back from the browser's memory may carry a used key with another file: that is a new batch.
    batch.submission = submission if earlier is None else None
    try:
        _store(batch, upload, inspection)
    except IntegrityError:
        # The same form, sent twice at the same moment, was stored by the other request.
        earlier = _find_submitted(owner, batch.submission)
        if earlier is None:
            raise
        return earlier
    hand_over(batch.job, tasks.read_batch)
    return Batch.objects.listed().get(pk=batch.pk)


def _find_submitted(owner: "User", submission: UUID | None) -> Batch | None:
    return Batch.objects.listed().filter(owner=owner, submission=submission).first() if submission else None


def _store(batch: Batch, upload: "UploadedFile[Any]", inspection: Inspection) -> None:
    """Write the file and the rows, all of it or nothing."""
    with ExitStack() as undo:
        _write_source(batch, upload, inspection, undo)
        with transaction.atomic():
            _check_room(batch.owner, batch.size_bytes)
            batch.job = Job.objects.create(kind=Job.Kind.BATCH, requested_by=batch.owner)
            batch.save()
        undo.pop_all()


def _find_version(name: str) -> ModelVersion | None:
    """The version of this name.

    Raises:
        InvalidInput: There is none: what was sent is at fault, not its address.
        Conflict: Its files are not what they should be.
    """
    try:
        version = find_version(name) if name else None
    except NotFound as exc:
        raise InvalidInput(exc.message, code=exc.code, field="version") from exc
    if version is not None and version.state == ModelVersion.State.BROKEN:
        message = _("The files of model version %(name)s are not what they should be: it cannot be asked.")
        raise Conflict(message % {"name": version.name}, code="model_broken")
    return version


def _show_name(name: str) -> str:
    """The name without folders and what does not show."""
    plain = "".join(sign for sign in PurePath(name.replace("\\", "/")).name if sign.isprintable())
    return plain[-NAME_MAX_CHARS:] or _("file")


def _write_source(batch: Batch, upload: "UploadedFile[Any]", inspection: Inspection, undo: ExitStack) -> None:
    """Move the upload to a name that this site made; `undo` removes it unless the rows get stored."""
    upload.seek(0)
    batch.source.save(f"{uuid4().hex}.{inspection.form}", upload, save=False)
    undo.callback(default_storage.delete, str(batch.source.name))


def _check_room(owner: "User", size_bytes: int) -> None:
    """Keep one person from filling the queue or the disk."""
    # The lock on the person's row makes two requests at once wait for each other where rows can be locked.
    get_user_model().objects.select_for_update().get(pk=owner.pk)
    own = Batch.objects.filter(owner=owner)
    if own.unfinished().count() >= settings.BATCHES_UNFINISHED:
        message = _("You have %(count)d batches that are not finished; wait for one of them, or cancel it.")
        raise Conflict(message % {"count": settings.BATCHES_UNFINISHED}, code="batches_unfinished")
    kept = own.exclude(source="").aggregate(total=Sum("size_bytes"))["total"] or 0
    if kept + size_bytes > settings.BATCH_QUOTA_BYTES:
        message = _("Your batches take %(kept)s of %(most)s; delete one that you no longer need.")
        sizes = {"kept": filesizeformat(kept), "most": filesizeformat(settings.BATCH_QUOTA_BYTES)}
        raise Conflict(message % sizes, code="batch_quota")


def retry_batch(*, batch: Batch) -> Batch:
    """Try the failed rows of a batch again, and the rows that a cancelled one never came to.

    Args:
        batch: A finished batch that the person may see.

    Returns:
        The batch with a new job.

    Raises:
        Conflict: It is not finished, or nothing is left to be tried.
    """
    with transaction.atomic():
        # Without a join: PostgreSQL would find no row where another press has given the batch a new job meanwhile.
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if not batch.job.finished:
            raise Conflict(_("This batch is not finished yet."), code="batch_unfinished")
        if not batch.source:
            raise Conflict(_("No row of this batch failed: there is nothing to try again."), code="nothing_to_do")
        total = _open_chunks(batch)
        batch.job = Job.objects.create(kind=Job.Kind.BATCH, requested_by=batch.owner, total=total)
        # What was pinned stays; where no model was in use for a kind, there may be one now.
        batch.versions = {**pin_versions(batch.kind, None), **batch.versions}
        batch.save(update_fields=["job", "versions"])
    hand_over(batch.job, tasks.read_batch)
    return Batch.objects.listed().get(pk=batch.pk)


def _open_chunks(batch: Batch) -> int:
    """Open what has something left, and count its rows."""
    left = batch.chunks.filter(Q(failed_rows__gt=0) | ~Q(state=BatchChunk.State.DONE))
    whole = left.filter(failed_rows=0).aggregate(total=Sum("rows"))["total"] or 0
    total = whole + (left.aggregate(total=Sum("failed_rows"))["total"] or 0)
    if batch.chunks.exists() and total == 0:
        raise Conflict(_("No row of this batch failed: there is nothing to try again."), code="nothing_to_do")
    # The worker's name keeps one that was given up for lost from writing under the same attempt.
    left.update(state=BatchChunk.State.OPEN, attempt=0, worker="", heartbeat_at=None)
    return int(total)


def cancel_batch(*, batch: Batch, person: "User") -> Batch:
    """Call a batch off; what was predicted until then stays.

    Args:
        batch: A batch that the person may see.
        person: Its owner, or a reviewer.

    Returns:
        The batch.

    Raises:
        Forbidden: It is somebody else's and the person is no reviewer.
    """
    cancel_job(job=batch.job, person=person)
    return Batch.objects.listed().get(pk=batch.pk)


def delete_batch(*, batch: Batch, person: "User") -> None:
    """Throw a batch away with its file and its results; one that is not finished is called off first.

    Args:
        batch: A batch that the person may see.
        person: Its owner, or a member of staff.

    Raises:
        Forbidden: It is somebody else's.
    """
    if batch.owner_id != person.pk and not person.is_staff:
        raise Forbidden(_("Only the person who gave a file in can delete it."))
    cancel_job(job=batch.job, person=person)
    with transaction.atomic():
        drop_files(batch=batch)
        Batch.objects.filter(pk=batch.pk).delete()
