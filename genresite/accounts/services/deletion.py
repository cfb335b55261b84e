"""Deleting an account: what is the person's goes, what the site lives on stays without the name."""

from collections.abc import Iterable

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from genresite.accounts.models import User
from genresite.accounts.personal_data import list_sections
from genresite.errors import Conflict, InvalidInput
from genresite.throttles import limit_attempts

MOST_ATTEMPTS = 5
ATTEMPTS_SECONDS = 900


def delete_account(*, user: User, password: str) -> None:
    """Delete a person's account with everything of theirs.

    Labels that were accepted stay, without the name. Files are removed once the deletion stands.

    Args:
        user: The person.
        password: Their password: an open session or a leaked token is not enough.

    Raises:
        TooMany: The password was guessed too often.
        InvalidInput: `password_wrong`.
        Conflict: `last_administrator`: nobody else could run the site.
    """
    limit_attempts(name=f"password-{user.pk}", most=MOST_ATTEMPTS, seconds=ATTEMPTS_SECONDS)
    if not user.check_password(password):
        message = _("This is not your password; the account is still there.")
        raise InvalidInput(message, code="password_wrong", field="password")
    with transaction.atomic():
        # Whoever writes something new for this person now waits for the deletion, and then finds nobody.
        locked = User.objects.select_for_update().filter(pk=user.pk).first()
        if locked is None:
            return
        _refuse_last_administrator(locked)
        orphans = [name for section in list_sections() for name in section.forget(locked)]
        locked.delete()
        transaction.on_commit(lambda: _remove_files(orphans))


def _refuse_last_administrator(user: User) -> None:
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    if user.is_superuser and not others.exists():
        message = _("You are the only one who administers this site: name another administrator first.")
        raise Conflict(message, code="last_administrator")


def _remove_files(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)
