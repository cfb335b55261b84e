"""What the API's description says of every endpoint, so that no endpoint can leave it out.

Which refusals there are follows from what an endpoint takes: a body can be wrong, a number in the address can be
nobody's, a create can carry an Idempotency-Key. An endpoint names only what is its own, by `refusals(409, 503)`.
"""

from typing import Any, Final

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from genresite.idempotency.keys import HEADER, KEY_MAX_CHARS

# Status: what it means, and the code and sentence of an example.
_MEANINGS: Final = {
    400: (
        "What was sent breaks a rule; `details.field` names the field.",
        "plot_too_short",
        "The plot has 12 characters; it needs at least 20.",
    ),
    401: ("No token, or a wrong one.", "not_authenticated", "Authentication credentials were not provided."),
    403: ("This account or this token may not do that.", "read_only_token", "This token reads only."),
    404: ("There is no such thing, or it is somebody else's.", "not_found", "Not found."),
    405: ("The address does not take this method.", "method_not_allowed", 'Method "PUT" not allowed.'),
    406: ("The endpoint cannot answer in what `Accept` asks for.", "not_acceptable", "Use application/json."),
    409: (
        "The request contradicts the present state, or its Idempotency-Key was used for another one.",
        "idempotency_key_reused",
        "This Idempotency-Key was used for another request.",
    ),
    413: ("The body is larger than the site accepts.", "too_large", "At most 12,582,912 bytes are accepted."),
    415: ("The body is of a type that the endpoint does not take.", "unsupported_media_type", "Use JSON."),
    429: ("Too many requests; `Retry-After` says when to come back.", "throttled", "Request was throttled."),
    503: (
        "A part of the site that this needs, a model or the queue, is not there right now.",
        "unavailable",
        "No model for plots is active.",
    ),
}


class ErrorFactsSerializer(serializers.Serializer[Any]):
    """What went wrong."""

    code = serializers.CharField(help_text="A stable word for programs.")
    message = serializers.CharField(help_text="One sentence for people.")
    details = serializers.DictField(help_text="Further facts; `field` names the field at fault.")


class ErrorSerializer(serializers.Serializer[Any]):
    """The one body of every refusal."""

    error = ErrorFactsSerializer()


def refusals(*statuses: int) -> dict[int, OpenApiResponse]:
    """The answers with the site's one error body that an endpoint has beyond those that its form implies.

    Args:
        *statuses: HTTP statuses.

    Returns:
        For the `responses` of `extend_schema`.
    """
    return {status: OpenApiResponse(ErrorSerializer, description=_MEANINGS[status][0]) for status in statuses}


class SiteSchema(AutoSchema):
    """drf-spectacular's description of an endpoint, completed by what is true of all of them."""

    def get_override_parameters(self) -> list[Any]:
        """The header of the creates that take one."""
        if not getattr(getattr(self.view, self.method.lower(), None), "is_idempotent", False):
            return []
        description = (
            f"Up to {KEY_MAX_CHARS} visible ASCII characters that are new for each create, for example a UUID. "
            "Sent again with the same body it gives the first answer and has no second effect; with another body, 409."
        )
        header = OpenApiParameter(HEADER, str, OpenApiParameter.HEADER, required=False, description=description)
        return [header]

    def _get_serializer_name(self, *args: Any, **kwargs: Any) -> str:
        """The component's name; a serializer of a request that is called so already is not called so twice."""
        name: str = super()._get_serializer_name(*args, **kwargs)
        return name.replace("RequestRequest", "Request")

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The operation with its refusals, their examples, and the headers of caching and throttling."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            for parameter in operation.get("parameters", []):
                if parameter["name"] == "format":
                    parameter.setdefault("description", "In what form the answer comes, instead of by `Accept`.")
            answers: dict[str, Any] = operation["responses"]
            for status in self._implied_statuses(operation):
                answers.setdefault(str(status), {"description": _MEANINGS[status][0]})
            for name, answer in answers.items():
                if int(name) >= 400:
                    answer["content"] = {"application/json": self._error_content(int(name))}
            self._add_headers(answers)
            operation["responses"] = dict(sorted(answers.items()))
        return operation

    def _implied_statuses(self, operation: dict[str, Any]) -> set[int]:
        statuses = {401, 406, 429}
        places = {parameter["in"] for parameter in operation.get("parameters", [])}
        if "path" in places or (self._is_list_view() and "query" in places):
            statuses.add(404)
        if "query" in places:
            statuses.add(400)
        if self.method != "GET":
            statuses |= {400, 403}
        if "requestBody" in operation:
            statuses |= {413, 415}
        if any(parameter["name"] == HEADER for parameter in operation.get("parameters", [])):
            statuses.add(409)
        return statuses

    def _error_content(self, status: int) -> dict[str, Any]:
        _meaning, code, message = _MEANINGS[status]
        schema = self.resolve_serializer(ErrorSerializer, "response").ref
        details = {"retry_after_seconds": 7} if status == 429 else {}
        example = {"error": {"code": code, "message": message, "details": details}}
        return {"schema": schema, "examples": {"Refused": {"value": example}}}

    def _add_headers(self, answers: dict[str, Any]) -> None:
        seconds = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}
        answers["429"]["headers"] = {"Retry-After": seconds}
        if self.method == "GET" and "200" in answers:
            tag = {"description": "Send it as `If-None-Match`.", "schema": {"type": "string"}}
            answers["200"].setdefault("headers", {})["ETag"] = tag
            answers["304"] = {"description": "Not changed since the answer whose `ETag` came as `If-None-Match`."}
