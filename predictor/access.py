"""Who may review: members of the group "reviewers", and staff; and what is for staff alone."""

from typing import Any

from django.utils.translation import gettext as _

from genresite.errors import Forbidden


def require_reviewer(person: Any) -> None:
    """Refuse everybody but reviewers.

    Raises:
        Forbidden: `reviewers_only`.
    """
    if not person.is_reviewer:
        raise Forbidden(_("Only reviewers decide what the genres are and settle corrections."), code="reviewers_only")


def require_staff(person: Any) -> None:
    """Refuse everybody but staff.

    Raises:
        Forbidden: `staff_only`.
    """
    if not person.is_staff:
        raise Forbidden(_("Only staff may bring in predictions and corrections."), code="staff_only")
