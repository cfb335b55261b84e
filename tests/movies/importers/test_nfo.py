"""Folders of Kodi and Jellyfin."""

from pathlib import Path

import pytest

from movies.importers.nfo import MAX_NFO_BYTES
from movies.rows import RowError, RowSkipped
from tests.factories import make_poster_bytes

PLOT = "A keeper of a lighthouse finds a message in a bottle."
FILM = f"""<?xml version="1.0" encoding="UTF-8"?>
<movie><title>Light &amp; Shade</title><year>1999</year><plot>{PLOT}</plot>
<genre>Drama</genre><genre>Science Fiction / War</genre>
<uniqueid type="imdb" default="true">tt0000001</uniqueid><uniqueid type="tmdb">7</uniqueid></movie>
https://www.imdb.com/title/tt0000001/
"""
SHOW = "<tvshow><title>Lights</title><premiered>2003-05-01</premiered><outline/><id>tt0000002</id></tvshow>"
BOMB = """<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><movie><title>&b;</title></movie>"""
OUTSIDE = """<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><movie><title>&a;</title></movie>"""


def test_film_and_show_are_read_with_the_poster_beside(read, tmp_path: Path) -> None:
    files = {"A/film.nfo": FILM, "A/poster.jpg": make_poster_bytes("JPEG"), "B/tvshow.nfo": SHOW}
    film, show = read("nfo", files, "")
    assert (film.title, film.year, film.kind, film.imdb_id, film.tmdb_id) == (
        "Light & Shade", 1999, "movie", "tt0000001", 7,
    )  # fmt: skip
    assert film.genres == ("Drama", "Science Fiction", "War")
    assert (film.file, film.poster) == ("A/film.nfo", tmp_path / "A/poster.jpg")
    assert (show.title, show.year, show.kind, show.imdb_id) == ("Lights", 2003, "show", "tt0000002")


@pytest.mark.parametrize("content", [BOMB, OUTSIDE])
def test_bombs_and_outside_entities_are_refused(read, content: str) -> None:
    (error,) = read("nfo", {"film.nfo": content}, "")
    assert error.code == "xml_refused"


def test_broken_files_do_not_stop_the_others(read) -> None:
    files = {
        "1.nfo": "<movie>\n<title>x</movie>",
        "2.nfo": "https://www.imdb.com/title/tt0000001/",
        "3.nfo": "<movie>" + " " * MAX_NFO_BYTES + "</movie>",
        "4.nfo": b"\x1f\x8brubbish",
        "5.nfo": "<episodedetails><title>x</title></episodedetails>",
        "6.nfo": "",
        "7.nfo": "<movie><title/></movie>",
        "8.nfo": "<?xml version='1.0' encoding='nothing'?><movie/>",
        "9.nfo": FILM,
    }
    rows = read("nfo", files, "")
    assert [row.code if isinstance(row, RowError) else type(row) for row in rows[:-1]] == [
        "xml_broken", "xml_broken", "file_too_large", "file_unreadable", RowSkipped, "xml_broken", "title_missing",
        "xml_broken",
    ]  # fmt: skip
    assert rows[0].line == 2
    assert rows[-1].title == "Light & Shade"


def test_link_to_a_picture_elsewhere_is_not_followed(read, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (inside / "poster.jpg").symlink_to(tmp_path / "secret.jpg")
    (film,) = read("nfo", {"inside/film.nfo": FILM}, "inside")
    assert film.poster is None
