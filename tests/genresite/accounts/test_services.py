"""Tokens are named once per person, and revoked by their owner only."""

from datetime import timedelta

import pytest
from django.utils import timezone
from knox.crypto import hash_token

from genresite.accounts.models import ApiToken
from genresite.accounts.services import create_token, has_token_named, revoke_token
from genresite.errors import Conflict, NotFound


def test_token_is_kept_as_digest_only(ann):
    row, token = create_token(user=ann, name="import", lifetime=timedelta(days=30))
    assert row.digest == hash_token(token)
    assert token.startswith(row.token_key)
    assert token not in [str(value) for value in ApiToken.objects.values().get(pk=row.pk).values()]


def test_token_expires_after_its_lifetime(ann):
    row, _token = create_token(user=ann, name="import", lifetime=timedelta(days=30))
    assert abs(row.expiry - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)


def test_token_without_lifetime_never_expires(ann):
    row, _token = create_token(user=ann, name="import", lifetime=None)
    assert row.expiry is None


def test_second_token_of_a_name_conflicts(ann):
    create_token(user=ann, name="import", lifetime=None)
    with pytest.raises(Conflict, match="Import") as caught:
        create_token(user=ann, name="Import", lifetime=None)
    assert caught.value.code == "token_name_taken"
    assert ApiToken.objects.count() == 1


def test_names_of_others_are_free(ann, ben):
    create_token(user=ben, name="import", lifetime=None)
    assert not has_token_named(user=ann, name="import")
    create_token(user=ann, name="import", lifetime=None)


def test_revoked_token_is_gone(ann):
    row, _token = create_token(user=ann, name="import", lifetime=None)
    assert revoke_token(user=ann, token_key=row.token_key) == "import"
    assert not ApiToken.objects.exists()


def test_token_of_another_is_not_found(ann, ben):
    row, _token = create_token(user=ann, name="import", lifetime=None)
    with pytest.raises(NotFound):
        revoke_token(user=ben, token_key=row.token_key)
    assert ApiToken.objects.exists()
