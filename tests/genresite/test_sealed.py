"""What is sealed opens for the site only."""

import pytest

from genresite.sealed import seal, unseal


def test_sealed_value_opens_and_is_unreadable_before() -> None:
    sealed = seal(b"gs_secret", purpose="a")
    assert b"gs_secret" not in sealed
    assert unseal(memoryview(sealed), purpose="a") == b"gs_secret"


def test_value_opens_for_its_purpose_only() -> None:
    with pytest.raises(ValueError, match="does not open"):
        unseal(seal(b"x", purpose="a"), purpose="b")


def test_changed_secret_key_opens_with_the_old_one_as_fallback(settings) -> None:
    sealed = seal(b"x", purpose="a")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key that is quite as long as it has to be"
    assert unseal(sealed, purpose="a") == b"x"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(ValueError, match="SECRET_KEY"):
        unseal(sealed, purpose="a")
