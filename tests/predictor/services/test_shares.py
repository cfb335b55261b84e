"""Share links: what is kept of them, who opens them, and when they end."""

import base64
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from genresite.errors import Conflict, InvalidInput, NotFound, TooMany
from predictor.models import ShareLink
from predictor.services.shares import create_share, hash_token, limit_reasons, open_share, read_token, revoke_share
from tests.factories import make_poster_bytes, make_prediction


@pytest.fixture
def made(ann, fake_models, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    cache.clear()
    return make_prediction(ann)


def end(link: ShareLink) -> None:
    ShareLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def test_the_token_opens_the_link_and_stands_nowhere_in_the_database(made):
    link = create_share(prediction=made)
    token = read_token(link)
    assert len(token) >= 43 and base64.urlsafe_b64decode(token + "=")
    assert open_share(token=token, address="192.0.2.1") == link
    row = ShareLink.objects.values_list().get()
    assert all(token not in str(value) and token.encode() not in bytes(str(value), "utf-8") for value in row)
    assert ShareLink.objects.get().token_sha256 == hash_token(token) != token


def test_two_links_are_never_alike(made):
    first = read_token(create_share(prediction=made))
    revoke_share(prediction=made)
    assert read_token(create_share(prediction=made)) != first


def test_a_second_link_conflicts(made):
    create_share(prediction=made)
    with pytest.raises(Conflict) as refused:
        create_share(prediction=made)
    assert refused.value.code == "share_exists" and ShareLink.objects.count() == 1


def test_the_database_itself_refuses_a_second_link(made):
    create_share(prediction=made)
    with pytest.raises(IntegrityError), transaction.atomic():
        ShareLink.objects.create(prediction=made, token_sha256="0" * 64, sealed_token=b"")


def test_an_expired_link_makes_room(made):
    old = create_share(prediction=made, days=7)
    end(old)
    new = create_share(prediction=made)
    assert list(ShareLink.objects.all()) == [new]


@pytest.mark.parametrize("days", [0, -1, 366])
def test_days_have_a_rule(made, days):
    with pytest.raises(InvalidInput, match=f"1 to 365 days, or without end; {days} days came"):
        create_share(prediction=made, days=days)


def test_what_is_not_there_cannot_be_shown(made, ann):
    with pytest.raises(InvalidInput, match="no poster"):
        create_share(prediction=made, show_poster=True)
    pictured = make_prediction(ann, poster_bytes=make_poster_bytes())
    with pytest.raises(InvalidInput, match="no plot"):
        create_share(prediction=pictured, show_plot=True)
    assert not ShareLink.objects.exists()


def test_revoked_expired_and_unknown_are_answered_alike(made):
    link = create_share(prediction=made, days=1)
    token, messages = read_token(link), set()
    for spoil in (lambda: end(link), lambda: revoke_share(prediction=made), lambda: None):
        spoil()
        with pytest.raises(NotFound) as refused:
            open_share(token=token, address="192.0.2.1")
        messages.add((refused.value.code, refused.value.message))
    with pytest.raises(NotFound) as refused:
        open_share(token="nonsense\ud800", address="192.0.2.1")
    messages.add((refused.value.code, refused.value.message))
    assert len(messages) == 1


def test_revoking_twice_is_harmless(made):
    create_share(prediction=made)
    assert [revoke_share(prediction=made), revoke_share(prediction=made)] == [True, False]


def test_the_link_of_a_locked_account_opens_nothing(made, ann):
    token = read_token(create_share(prediction=made))
    ann.is_active = False
    ann.save()
    with pytest.raises(NotFound):
        open_share(token=token, address="192.0.2.1")


def test_under_another_key_the_link_works_but_is_not_shown(made, settings):
    link = create_share(prediction=made)
    token = read_token(link)
    settings.SECRET_KEY = "another key, and the old one is no fallback"
    assert read_token(link) == ""
    assert open_share(token=token, address="192.0.2.1") == link


def test_an_address_looks_so_often_and_no_more(made, settings):
    settings.SHARE_VIEWS_AN_HOUR = settings.SHARE_REASONS_AN_HOUR = 2
    token = read_token(create_share(prediction=made))
    for _time in range(2):
        open_share(token=token, address="192.0.2.1")
        limit_reasons(address="192.0.2.1")
    with pytest.raises(TooMany):
        open_share(token=token, address="192.0.2.1")
    with pytest.raises(TooMany):
        limit_reasons(address="192.0.2.1")
    assert open_share(token=token, address="192.0.2.2")
