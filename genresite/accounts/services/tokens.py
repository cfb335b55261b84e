"""What people do with their API tokens."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from genresite.accounts.models import ApiToken, User
from genresite.errors import Conflict, NotFound


def has_token_named(*, user: User, name: str) -> bool:
    """Whether the person has a token of this name already; upper and lower case are the same.

    Args:
        user: The person.
        name: The name asked for.
    """
    return bool(ApiToken.objects.filter(user=user, name__iexact=name).exists())


def create_token(*, user: User, name: str, lifetime: timedelta | None, read_only: bool = False) -> tuple[ApiToken, str]:
    """Make a personal API token.

    A name is used once per person. This keeps a list that can be told apart, and a form that the browser sends twice
    makes one token.

    Args:
        user: The person whose rights the token carries.
        name: What the token is for.
        lifetime: After which it stops working; None for never.
        read_only: Whether it can change nothing.

    Returns:
        The row, and the token itself: the only time that it can be seen, since the row keeps a digest.

    Raises:
        Conflict: The person has a token of this name already.
    """
    with transaction.atomic():
        # The person's row is the lock: two requests at once would both find the name free.
        User.objects.select_for_update().get(pk=user.pk)
        if has_token_named(user=user, name=name):
            message = _("You already have a token named “%(name)s”.") % {"name": name}
            raise Conflict(message, code="token_name_taken", field="name")
        token_row, token = ApiToken.objects.create(user=user, name=name, expiry=lifetime, read_only=read_only)
    return token_row, token


def find_token(*, user: User, token_key: str) -> ApiToken:
    """One of the person's own tokens.

    Args:
        user: The person.
        token_key: The visible beginning of the token.

    Returns:
        The row.

    Raises:
        NotFound: There is no such token, or it is somebody else's.
    """
    token_row: ApiToken | None = ApiToken.objects.filter(user=user, token_key=token_key).first()
    if token_row is None:
        raise NotFound(_("You have no such token. It may have been revoked or have expired."))
    return token_row


def revoke_token(*, user: User, token_key: str) -> str:
    """Revoke one of the person's own tokens; programs that use it are refused from now on.

    Args:
        user: The person.
        token_key: The visible beginning of the token.

    Returns:
        The name of the token that is no more.

    Raises:
        NotFound: There is no such token, or it is somebody else's.
    """
    token_row = find_token(user=user, token_key=token_key)
    token_row.delete()
    return str(token_row.name)
