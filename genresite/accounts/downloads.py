"""Everything that is kept about a person, as one file for them."""

import json
import zipfile
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.http import FileResponse
from django.utils import timezone

from genresite.accounts.models import User
from genresite.accounts.personal_data import list_sections

_BLOCK_BYTES = 1 << 18


def write_account_data(user: User, stream: IO[bytes]) -> None:
    """Write a ZIP with everything that is kept about a person, row by row, so that its size does not matter.

    Args:
        user: The person.
        stream: Where it goes: `NAME.jsonl` for each kind of thing, pictures and files under `files/`.
    """
    missing = []
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for section in list_sections():
            with archive.open(f"{section.name}.jsonl", "w", force_zip64=True) as lines:
                for row in section.read(user):
                    lines.write(json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False).encode() + b"\n")
            missing += [name for name in section.files(user) if not _copy(archive, name)]
        if missing:
            archive.writestr("missing-files.txt", "\n".join(["These files are not in the storage any more:", *missing]))


def _copy(archive: zipfile.ZipFile, name: str) -> bool:
    """Copy a stored file; False if it is not there any more."""
    try:
        source = default_storage.open(name, "rb")
    except FileNotFoundError:
        return False
    with source, archive.open(f"files/{PurePosixPath(name).name}", "w", force_zip64=True) as copy:
        for block in source.chunks(_BLOCK_BYTES):
            copy.write(block)
    return True


def send_account_data(user: User) -> FileResponse:
    """The ZIP as an answer that is never cached.

    Args:
        user: The person, who asks for their own.
    """
    stream: Any = TemporaryFile()  # noqa: SIM115 - the answer closes it
    write_account_data(user, stream)
    stream.seek(0)
    name = f"genresite-{user.get_username()}-{timezone.now():%Y-%m-%d}.zip"
    headers = {"Cache-Control": "no-store"}
    return FileResponse(stream, as_attachment=True, filename=name, content_type="application/zip", headers=headers)
