"""What happens to every request: the size limit, and DomainError becoming a page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from genresite.body_limits import read_body_limit
from genresite.errors import DomainError, TooLarge, TooMany

GetResponse = Callable[[HttpRequest], HttpResponse]


def render_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A page, or the API's error body under `/api/`, with the error's status."""
    headers = {"Retry-After": str(error.retry_after_seconds)} if isinstance(error, TooMany) else {}
    if request.path.startswith("/api/") and not request.path.startswith("/api/docs/"):
        return JsonResponse(error.as_dict(), status=error.status, headers=headers)
    answer = render(request, "errors/domain_error.html", {"error": error}, status=error.status)
    for name, value in headers.items():
        answer.headers[name] = value
    return answer


class DomainErrorMiddleware:
    """Turns a DomainError that a view let through into a page with its status."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer DomainErrors; leave every other exception to Django."""
        return render_error(request, exception) if isinstance(exception, DomainError) else None


class ApiConditionalGetMiddleware(ConditionalGetMiddleware):
    """Gives every read of the API an ETag, and answers 304 to who has it already.

    Pages are left alone: each of their forms carries a new CSRF token, so that no two are the same.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add the ETag, and say that an answer is the caller's own and is to be asked for anew."""
        if request.path.startswith("/api/v1/") and request.method == "GET" and response.status_code == 200:
            if not response.has_header("Cache-Control"):
                patch_cache_control(response, private=True, no_cache=True)
            return super().process_response(request, response)
        return response


class RequestSizeMiddleware:
    """Refuses a body over the limit by its announced length, before a byte of it is read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse an oversized request, pass on every other."""
        announced = request.META.get("CONTENT_LENGTH") or "0"
        length = int(announced) if announced.isdigit() else 0
        limit = settings.MAX_REQUEST_BYTES
        # Only what is too large for most pages is worth the look at whether its page takes more.
        if length > limit and length > (limit := read_body_limit(request)):
            message = f"The request is {length:,} bytes; at most {limit:,} bytes are accepted. A poster may have 10 MB."
            return render_error(request, TooLarge(message, details={"limit_bytes": limit, "received_bytes": length}))
        return self.get_response(request)
