"""Pages are sent compressed, but for those that show a secret."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

COMPRESSED = ("text/html", "application/vnd.oai.openapi")


class PageCompressionMiddleware(GZipMiddleware):
    """Gzips pages and the API's description; styles and scripts are kept compressed on disk by WhiteNoise.

    How long a compressed page is tells what repeats in it: who can have a victim's browser fetch a page again and again
    with words of his own in it guesses a secret of the page letter by letter (BREACH). Three things stand against it.
    The session cookie is `SameSite=Lax`, so that another site's fetches come without it. Django masks the CSRF token
    anew for each page, and pads each compressed answer by a random length. And whatever `Cache-Control: no-store` keeps
    out of every store, which is each page that shows a token or the secret of a webhook, is not compressed at all.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress the answer if it is a page without a secret and the browser takes it so."""
        kind = response.get("Content-Type", "").split(";")[0]
        if kind not in COMPRESSED or "no-store" in response.get("Cache-Control", ""):
            return response
        return super().process_response(request, response)
