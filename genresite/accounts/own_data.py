"""What the account itself keeps about a person."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress

from genresite.accounts.personal_data import Row, Section, register

if TYPE_CHECKING:
    from genresite.accounts.models import User


def register_sections() -> None:
    """Tell of the account, its addresses and its tokens; all of it goes with the account."""
    register(
        Section("account", _read_account), Section("email-addresses", _read_addresses), Section("tokens", _read_tokens)
    )


def _read_account(user: "User") -> Iterator[Row]:
    yield {
        "username": user.get_username(),
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "is_reviewer": user.is_reviewer,
        "is_staff": user.is_staff,
        "date_joined": user.date_joined,
        "last_login": user.last_login,
    }


def _read_addresses(user: "User") -> Iterator[Row]:
    yield from EmailAddress.objects.filter(user=user).values("email", "verified", "primary")


def _read_tokens(user: "User") -> Iterator[Row]:
    yield from user.auth_token_set.values("token_key", "name", "read_only", "created", "expiry", "last_used_at")
