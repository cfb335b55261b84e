"""Files of films that are predicted as a whole, piece by piece."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from predictor.models.job import Job
from predictor.models.model_version import Kind, ModelVersion


class BatchQuerySet(models.QuerySet["Batch"]):
    """Batches, narrowed by adjectives."""

    def visible_to(self, user: "settings.AUTH_USER_MODEL") -> "BatchQuerySet":  # type: ignore[name-defined]
        """Those that a person may see: their own; all of them for reviewers and staff."""
        return self if user.is_reviewer else self.filter(owner=user)

    def unfinished(self) -> "BatchQuerySet":
        """Those whose job waits or runs."""
        return self.filter(job__state__in=[Job.State.QUEUED, Job.State.RUNNING])

    def listed(self) -> "BatchQuerySet":
        """With everything that a list shows, in a fixed number of queries."""
        return self.select_related("owner", "job", "version")


class Batch(models.Model):
    """A file of films that somebody gave to be predicted.

    Invariants: `job` is the work on it, a new one for every retry, and its `done` counts rows. `versions` answer for
    all of its rows, whatever is promoted meanwhile; `version` is the one among them that was asked for by name.
    `source` is the file as it came and `rows_file` the list that was unpacked from a ZIP; both are deleted with the
    batch, or as soon as no row is left that could be tried again. Every row of the file stands in exactly one chunk.
    """

    class Form(models.TextChoices):
        CSV = "csv", "CSV"
        JSON_LINES = "jsonl", _("JSON lines")
        ZIP = "zip", _("ZIP of posters")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="batches")
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="batch")
    name = models.CharField(max_length=120, help_text="What the file was called.")
    form = models.CharField(max_length=5, choices=Form)
    source = models.FileField(upload_to="batches/%Y/%m/", max_length=200, blank=True)
    rows_file = models.FileField(upload_to="batches/%Y/%m/", max_length=200, blank=True)
    size_bytes = models.BigIntegerField()
    kind = models.CharField(
        max_length=6, choices=Kind, blank=True, help_text="What every row is predicted from; empty: what it has."
    )
    version = models.ForeignKey(
        ModelVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="If not the active."
    )
    versions = models.JSONField(
        default=dict, help_text="Kind of model -> name of the version that answers for every row, pinned when given in."
    )
    submission = models.UUIDField(null=True, blank=True, help_text="One-time key of the form that was sent.")
    layout = models.JSONField(default=dict, help_text="How the rows are written: delimiter and columns.")
    rows = models.PositiveIntegerField(default=0, help_text="Known once the file has been read.")
    failed_rows = models.PositiveIntegerField(default=0)
    files_ignored = models.PositiveIntegerField(default=0, help_text="Files of a ZIP that no row names.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "batches"
        indexes = [models.Index(fields=["owner", "-id"])]
        constraints = [models.UniqueConstraint(fields=["owner", "submission"], name="batch_submission_unique")]

    def __str__(self) -> str:
        return f"Batch {self.pk}: {self.name}"

    def get_absolute_url(self) -> str:
        """The batch's page."""
        return reverse("predictor:batch", args=[self.pk])


class BatchChunk(models.Model):
    """Rows of a file that one worker takes at once.

    Invariants: claimed by one conditional update that counts `attempt`; its rows are written, once, in the transaction
    that moves it to done under the same attempt. `worker` names the message that carried the claim: the queue delivers
    a message twice only if its first receiver died. `answers` lists who answered, so that rows need not repeat it.
    Transitions: open -> running -> done; running -> running under another attempt when the worker is lost; done -> open
    when failed rows are tried again.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    number = models.PositiveIntegerField()
    first_line = models.PositiveIntegerField(help_text="Line of the file that `offset` is the beginning of.")
    offset = models.BigIntegerField(help_text="Bytes before its first row; in a ZIP without a list, posters before it.")
    rows = models.PositiveIntegerField()
    failed_rows = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    attempt = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=60, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    answers = models.JSONField(default=list, help_text="Kind, genres in the order of the scores, and model versions.")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="batch_chunk_unique")]
        indexes = [models.Index(fields=["batch", "state", "number"])]

    def __str__(self) -> str:
        return f"Chunk {self.number} of batch {self.batch_id} ({self.state})"


class BatchRow(models.Model):
    """What came of one row of a file: scores, or why there are none.

    Invariants: one row per line. `scores` holds a little-endian float32 per genre of `chunk.answers[answer]`, `decided`
    one byte per decided genre, its place among them, most likely first; both are empty where `error_code` is not. The
    id is kept as the JSON it stands for, so that 7 and "7" stay apart.
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="results", db_index=False)
    chunk = models.ForeignKey(BatchChunk, on_delete=models.CASCADE, related_name="results")
    line = models.PositiveIntegerField()
    film_id = models.CharField(max_length=1300)
    answer = models.PositiveSmallIntegerField(default=0)
    scores = models.BinaryField()
    decided = models.BinaryField()
    unsure = models.BooleanField(default=False)
    error_code = models.CharField(max_length=40, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["line"]
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="batch_row_unique")]
        indexes = [
            models.Index(fields=["batch", "line"], condition=~models.Q(error_code=""), name="batch_row_failed_idx")
        ]

    def __str__(self) -> str:
        return f"Line {self.line} of batch {self.batch_id}"
