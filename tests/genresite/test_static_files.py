"""Styles and scripts are kept by browsers for ever: their names hold the hash of what is in them."""

import re

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.templatetags.static import static
from django.test import RequestFactory
from whitenoise.middleware import WhiteNoiseMiddleware


@pytest.fixture
def collected(tmp_path, settings):
    """The static files as the site collects them."""
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_AUTOREFRESH = False
    backend = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": backend}
    call_command("collectstatic", interactive=False, verbosity=0, ignore=["admin", "rest_framework"])
    return WhiteNoiseMiddleware(lambda request: HttpResponse(status=404))


def test_name_with_a_hash_is_kept_for_ever_and_comes_compressed(collected) -> None:
    address = static("css/tokens.css")
    assert re.fullmatch(r"/static/css/tokens\.[0-9a-f]{12}\.css", address)
    answer = collected(RequestFactory().get(address, headers={"accept-encoding": "gzip"}))
    assert answer["Cache-Control"] == "max-age=315360000, public, immutable"
    assert answer["Content-Encoding"] == "gzip"
    plain = collected(RequestFactory().get("/static/css/tokens.css"))
    assert "immutable" not in plain["Cache-Control"]
