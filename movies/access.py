"""Who may change a film: the person who made it, reviewers and staff. Every signed-in person reads and adds."""

from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext as _

from genresite.errors import Forbidden
from movies.models import Movie

if TYPE_CHECKING:
    from genresite.accounts.models import User


def person_of(request: Any) -> "User":
    """The signed-in person behind a request of a page or of the API, which let nobody else in."""
    return cast("User", request.user)


def may_edit(person: Any, movie: Movie) -> bool:
    """Whether a person may change a film, its genres, plots and posters."""
    return bool(person.is_authenticated and (person.is_reviewer or movie.created_by_id == person.pk))


def require_may_edit(person: Any, movie: Movie) -> None:
    """Refuse a person who may not change the film.

    Raises:
        Forbidden: `not_your_film`.
    """
    if not may_edit(person, movie):
        message = _("Only the person who added this film, reviewers and staff may change it.")
        raise Forbidden(message, code="not_your_film")


def require_staff(person: Any) -> None:
    """Refuse everybody but staff.

    Raises:
        Forbidden: `staff_only`.
    """
    if not person.is_staff:
        raise Forbidden(_("Only staff may bring in films from files."), code="staff_only")
