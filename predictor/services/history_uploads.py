"""A history that came as an upload: small enough to be brought in while the person waits."""

from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile

from genresite.errors import InvalidInput
from movies.importers.files import Source
from movies.rows import RowError
from movies.services.uploads import limit_rows, name_upload, unpack_upload
from predictor.access import require_staff
from predictor.history_files import read_history
from predictor.services.history_imports import SOURCE, HistorySummary, import_history

if TYPE_CHECKING:
    from genresite.accounts.models import User


def import_history_upload(
    *, upload: "UploadedFile[Any]", person: "User", source: str = "", dry_run: bool = False
) -> HistorySummary:
    """Bring in the predictions or corrections of an uploaded file.

    Args:
        upload: An export of history or corrections, CSV or JSON lines, plain or gz.
        person: A member of staff.
        source: The site that it comes from; by default "genresite".
        dry_run: Whether to find out only what would happen.

    Returns:
        What came of it; where the file as a whole cannot be read, that is its only error.

    Raises:
        Forbidden: The person is not staff.
        Conflict: Others write the same predictions again and again.
    """
    require_staff(person)
    name = name_upload(upload)
    try:
        with unpack_upload(upload) as path:
            rows = limit_rows(read_history(Source(path)), name)
            return import_history(rows=rows, person=person, file_name=name, source=source or SOURCE, dry_run=dry_run)
    except InvalidInput as exc:
        error = RowError(name, 0, exc.code, exc.message, exc.field, fatal=True)
        return HistorySummary(errors=1, first_errors=[error], whole=False)
