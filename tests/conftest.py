"""Settings and people that every test may use."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import strategies


@pytest.fixture(scope="session", autouse=True)
def _unicode_table() -> None:
    """In a fresh clone Hypothesis works out the table of Unicode: not while the clock of a test's first draw runs."""
    strategies.text().validate()


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A page asked for in German leaves its language to whatever runs next in the process."""
    yield
    translation.deactivate()


@pytest.fixture
def ann(db: None):
    """The owner of what a test makes."""
    from tests.factories import make_user

    return make_user("ann")


@pytest.fixture
def ben(db: None):
    """Another user, who may see nothing of ann's."""
    from tests.factories import make_user

    return make_user("ben")


@pytest.fixture
def rita(db: None):
    """A reviewer."""
    from tests.factories import make_user

    return make_user("rita", "reviewer")


@pytest.fixture
def sam(db: None):
    """A member of staff."""
    from tests.factories import make_user

    return make_user("sam", "staff")


@pytest.fixture
def client_for() -> Callable[..., Client]:
    """A browser that a person is signed in with."""

    def sign_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
