"""The command `import_movies`."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from movies.models import Movie, SourceRecord

pytestmark = pytest.mark.django_db
PLOT = "A keeper of a lighthouse finds a message in a bottle."


def run(path: Path, name: str = "imdb27", **options) -> str:
    out = StringIO()
    call_command("import_movies", path, format=name, stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.fixture
def films(tmp_path: Path) -> Path:
    path = tmp_path / "films.txt"
    lines = [f"1 ::: Light (1999) ::: drama ::: {PLOT}", "bad", f"3 ::: Shade (2001) ::: slow cinema ::: {PLOT}"]
    path.write_text("\n".join([*lines, f"4 ::: Pong (1972) (VG) ::: war ::: {PLOT}"]))
    return path


def test_command_tells_what_it_did(films: Path, tmp_path: Path) -> None:
    errors = tmp_path / "errors.jsonl"
    told = run(films, errors=errors, licence="CC0-1.0", may_train=True)
    assert "3 rows: 2 films made, 0 completed, 0 unchanged, 1 errors, 1 unknown genres" in told
    assert "films.txt:2: The line must be" in told
    assert "slow cinema (1)" in told
    assert "video game (1)" in told
    (line,) = errors.read_text().splitlines()
    assert json.loads(line)["code"] == "parts_missing"
    assert set(SourceRecord.objects.values_list("source", "licence", "may_train")) == {("imdb27", "CC0-1.0", True)}
    assert "2 unchanged" in run(films, licence="CC0-1.0", may_train=True)


def test_dry_run_writes_nothing(films: Path) -> None:
    assert "Dry run, nothing is written: 3 rows: 2 films made" in run(films, dry_run=True)
    assert not Movie.objects.exists()


def test_options_reach_the_reader(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(f"Name;Story;Tags\nAmélie;{PLOT};Drama/War\n".encode("latin-1"))
    named = {"title_column": "name", "plot_column": "story", "genre_column": "tags"}
    run(path, "plots-csv", encoding="latin-1", genre_separator="/", source="ours", **named)
    movie = Movie.objects.get(title="Amélie")
    assert sorted(genre.name for genre in movie.genres.all()) == ["Drama", "War"]


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("nowhere.txt", {}),
        (".", {}),
        ("films.txt", {"source": "person"}),
        ("films.txt", {"errors": Path("/nowhere/x")}),
    ],
)
def test_what_cannot_be_read_ends_with_2(films: Path, path: str, options: dict) -> None:
    with pytest.raises(CommandError) as caught:
        run(films.parent / path, **options)
    assert caught.value.returncode == 2


def test_file_that_breaks_off_ends_with_2_and_keeps_what_came(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_text('[{"id": 1, "title": "Light"}, {"id": 2, "ti')
    with pytest.raises(CommandError) as caught:
        run(path, "tmdb-json")
    assert caught.value.returncode == 2
    assert Movie.objects.get().title == "Light"
