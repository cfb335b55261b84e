"""How large a request's body may be: one limit for the site, and others that a view asks for."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve

_MARK: Final = "body_limit_setting"
# What stands around a file in a form.
_FORM_BYTES: Final = 1 << 20

View = TypeVar("View", bound=Callable[..., Any] | type)


def accepts_body_of(setting: str) -> Callable[[View], View]:
    """Let a view, or the class of an API view, take larger bodies than others.

    Args:
        setting: The name of the setting with the largest file's bytes.

    Returns:
        A decorator; the outermost one of a function.
    """

    def mark(view: View) -> View:
        setattr(view, _MARK, setting)
        return view

    return mark


def read_body_limit(request: HttpRequest) -> int:
    """How many bytes the body of this request may have.

    A page's view is asked for only by who is signed in: Django's CSRF check reads the whole body before the view is
    reached. The API asks who it is before it reads.

    Args:
        request: The request, its body not read yet.
    """
    usual: int = settings.MAX_REQUEST_BYTES
    if not request.path.startswith("/api/") and not request.user.is_authenticated:
        return usual
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return usual
    setting = getattr(getattr(view, "cls", view), _MARK, None)
    return usual if setting is None else max(usual, int(getattr(settings, setting)) + _FORM_BYTES)
