"""The kinds of failure that a person or a program is told about.

Services raise these; the middleware turns them into a page and the API's exception handler into
`{"error": {"code", "message", "details"}}`. This module imports nothing of the project.
"""

from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """A request that cannot be fulfilled, told in one sentence.

    Args:
        message: What is wrong, the rule, and what came: one plain sentence.
        code: Stable machine-readable word, for example `plot_too_short`.
        field: Name of the input field at fault, if there is one.
        details: Further facts for programs; must be JSON-serialisable.
    """

    status = 400
    default_code = "error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        field: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.field = field
        self.details = dict(details or {})

    def as_dict(self) -> dict[str, Any]:
        """The body of the one error format of the site's API."""
        details = dict(self.details)
        if self.field is not None:
            details.setdefault("field", self.field)
        return {"error": {"code": self.code, "message": self.message, "details": details}}


class InvalidInput(DomainError):
    """What was sent breaks a rule."""

    status = 400
    default_code = "invalid"


class Forbidden(DomainError):
    """The person is known and may not do this."""

    status = 403
    default_code = "forbidden"


class NotFound(DomainError):
    """There is no such thing, or it is somebody else's."""

    status = 404
    default_code = "not_found"


class Conflict(DomainError):
    """The request contradicts the present state."""

    status = 409
    default_code = "conflict"


class TooLarge(DomainError):
    """The request's body is larger than the site accepts."""

    status = 413
    default_code = "too_large"


class TooMany(DomainError):
    """The same was tried too often.

    Args:
        message: As for every DomainError.
        retry_after_seconds: When it may be tried again; the answer's `Retry-After`.
    """

    status = 429
    default_code = "throttled"

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        super().__init__(message, details={"retry_after_seconds": retry_after_seconds})
        self.retry_after_seconds = retry_after_seconds


class Unavailable(DomainError):
    """A part that the request needs (a model, the queue) is not there right now."""

    status = 503
    default_code = "unavailable"
