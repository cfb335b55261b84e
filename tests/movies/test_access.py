"""Who may change a film."""

import pytest
from django.contrib.auth.models import AnonymousUser

from genresite.errors import Forbidden
from movies.access import may_edit, require_may_edit
from tests.factories import make_movie

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("role", "may"), [("ann", True), ("ben", False), ("rita", True), ("sam", True)])
def test_creator_reviewers_and_staff_may(request, ann, role: str, may: bool) -> None:
    assert may_edit(request.getfixturevalue(role), make_movie(person=ann)) is may


def test_film_of_nobody_is_for_reviewers_and_staff(ben, rita) -> None:
    movie = make_movie()
    assert may_edit(rita, movie)
    with pytest.raises(Forbidden):
        require_may_edit(ben, movie)


def test_stranger_may_not() -> None:
    assert not may_edit(AnonymousUser(), make_movie())
