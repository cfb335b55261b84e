"""Dates in the reader's language."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation
from django.utils.formats import date_format

from tests.factories import make_movie

MOMENT = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "name", "written"),
    [
        ("en", "DATETIME_FORMAT", "21 Nov 2026, 13:05"),
        ("en", "SHORT_DATETIME_FORMAT", "21 Nov 2026, 13:05"),
        ("en", "DATE_FORMAT", "21 Nov 2026"),
        ("en", "SHORT_DATE_FORMAT", "21 Nov 2026"),
        ("en", "MONTH_DAY_FORMAT", "21 Nov"),
        ("de", "DATETIME_FORMAT", "21. November 2026 13:05"),
        ("de", "DATE_FORMAT", "21. November 2026"),
        ("de", "MONTH_DAY_FORMAT", "21. Nov."),
    ],
)
def test_a_moment_is_written_in_the_readers_way(language, name, written):
    with translation.override(language):
        assert date_format(MOMENT, name) == written
        assert Template(f"{{{{ moment|date:'{name}' }}}}").render(Context({"moment": MOMENT})) == written


def test_english_is_read_in_one_way_only():
    """Neither 11/12 nor 1 p.m."""
    with translation.override("en"):
        early = [date_format(datetime(2026, 12, 11, 13, 5), name) for name in ("SHORT_DATETIME_FORMAT", "DATE_FORMAT")]
        assert early == ["11 Dec 2026, 13:05", "11 Dec 2026"] == [*early[:1], date_format(date(2026, 12, 11))]


def test_pages_name_the_day_in_german(ann, client_for):
    film = make_movie()
    client = client_for(ann)
    client.cookies["django_language"] = "de"
    with translation.override("de"):
        written = date_format(film.created_at, "DATE_FORMAT")
    assert f">{written}</time>" in client.get(f"/catalogue/{film.pk}/").content.decode()


def test_no_template_says_how_dates_are_written():
    named = {'date:"c"', 'date:"H:i:s"'}
    for path in sorted(Path(settings.BASE_DIR, "templates").rglob("*.html")):
        for part in path.read_text(encoding="utf-8").split("|date:")[1:]:
            chosen = f'date:"{part[1:].partition(part[0])[0]}"'
            assert chosen in named or chosen.endswith('_FORMAT"'), f"{path}: {chosen}"
