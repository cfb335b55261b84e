"""The digest of an uploaded file, taken while it streams in."""

import hashlib
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler


class DigestingUploadHandler(FileUploadHandler):
    """Hashes each file of a request with an Idempotency-Key on its way to the handlers that keep it.

    A batch may have gigabytes: reading it a second time from the disk would cost as much as the upload did.
    """

    def handle_raw_input(self, input_data: Any, META: dict[str, Any], *args: Any, **kwargs: Any) -> None:  # noqa: N803
        """Look whether the request has a key at all."""
        self.wanted = "HTTP_IDEMPOTENCY_KEY" in META
        self.digests: dict[str, list[str]] = {}
        if self.wanted and self.request is not None:
            self.request.upload_digests = self.digests  # type: ignore[attr-defined]  # for `keys.fingerprint`

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        self.digest = hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hash a block and hand it on."""
        if self.wanted:
            self.digest.update(raw_data)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Keep the digest; whoever comes after this handler keeps the file."""
        if self.wanted:
            self.digests.setdefault(str(self.field_name), []).append(self.digest.hexdigest())
