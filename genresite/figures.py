"""Figures as people read them. Formatting by f-strings alone gives every language the decimal point."""

from django.utils.formats import number_format


def show_figure(value: float, digits: int) -> str:
    """A figure as people read it, with the decimal mark of their language.

    Args:
        value: The figure.
        digits: How many digits come after the mark.
    """
    # Formatted first: number_format cuts digits off where it should round.
    return str(number_format(f"{value:.{digits}f}", digits))


def show_change(value: float, digits: int) -> str:
    """A difference as people read it, with its sign, also where it is an increase.

    Args:
        value: The difference.
        digits: How many digits come after the decimal mark.
    """
    return f"{'-' if value < 0 else '+'}{show_figure(abs(value), digits)}"
