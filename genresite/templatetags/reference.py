"""What the pages of the API's reference need beyond Django's own filters."""

import re

from django import template
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()

CODE = re.compile(r"`([^`]+)`")
TITLES: dict[str, Promise] = {
    "predictions": _("Predictions"),
    "batches": _("Batches"),
    "movies": _("Films"),
    "genres": _("Genres"),
    "imports": _("Imports"),
    "exports": _("Exports"),
    "feedback": _("Corrections"),
    "review": _("Review"),
    "models": _("Models"),
    "jobs": _("Jobs"),
    "webhooks": _("Webhooks"),
    "tokens": _("API tokens"),
    "account": _("Account"),
}


@register.filter
def prose(text: str) -> SafeString:
    """Paragraphs and `code` of the API's description as HTML; everything else in it is plain text.

    Args:
        text: Words with Markdown's back-quotes and empty lines.
    """
    paragraphs = [part for part in re.split(r"\n\s*\n", text.strip()) if part]
    return format_html_join("", "<p>{}</p>", ((code(part),) for part in paragraphs))


@register.filter
def code(text: str) -> SafeString:
    """One paragraph with its `code` as HTML."""
    # Split by the pattern, every second piece is what stood between back-quotes.
    pieces = CODE.split(text)
    shown = [format_html("<code>{}</code>", piece) if at % 2 else piece for at, piece in enumerate(pieces)]
    return SafeString("".join(conditional_escape(piece) for piece in shown))


@register.filter
def group_title(slug: str) -> str:
    """What a group of calls is called on the page."""
    return str(TITLES.get(slug, slug.capitalize()))
