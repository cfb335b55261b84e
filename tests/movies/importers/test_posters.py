"""Posters are found inside their folder only."""

from pathlib import Path

import pytest

from movies.importers.posters import find_poster


def test_names_are_tried_in_order(tmp_path: Path) -> None:
    (tmp_path / "folder.png").touch()
    (tmp_path / "poster.jpg").touch()
    assert find_poster(tmp_path, "poster", "folder") == tmp_path / "poster.jpg"
    assert find_poster(tmp_path, "nothing") is None


@pytest.mark.parametrize("name", ["../secret", "/etc/secret", "..", "", "sub/secret"])
def test_name_that_leads_elsewhere_finds_nothing(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "inside"
    (inside / "sub").mkdir(parents=True)
    for place in (tmp_path, inside / "sub"):
        (place / "secret.jpg").touch()
    assert find_poster(inside, name) is None


def test_link_that_leads_elsewhere_finds_nothing(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.jpg").touch()
    (inside / "poster.jpg").symlink_to(tmp_path / "secret.jpg")
    assert find_poster(inside, "poster") is None
