"""What the review pages show beyond plain values."""

from django import template

register = template.Library()


@register.filter
def as_percent(share: float | None) -> str:
    """A share in [0, 1] in whole per cent; a dash where there is none."""
    return "–" if share is None else f"{share * 100:.0f}\u00a0%"
