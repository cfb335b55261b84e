"""The stored files of batches."""

from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction

from predictor.models import Batch


def drop_files(*, batch: Batch) -> None:
    """Delete the files of a batch once the database says that they are gone.

    Args:
        batch: A batch that will not read them again.
    """
    names = [str(name) for name in (batch.source.name, batch.rows_file.name) if name]
    Batch.objects.filter(pk=batch.pk).update(source="", rows_file="")
    for name in names:
        transaction.on_commit(partial(default_storage.delete, name))
