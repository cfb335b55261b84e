"""A request to a page, as the middleware leaves it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from genresite.accounts.models import User

PAGE_SIZE = 20


class PageRequest(HttpRequest):
    """A request as the middleware leaves it: signed in, and saying whether htmx sent it."""

    user: User
    htmx: HtmxDetails
