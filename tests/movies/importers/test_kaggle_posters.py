"""Kaggle's posters."""

from pathlib import Path

import pytest

from genresite.errors import InvalidInput
from movies.importers import Options
from tests.factories import make_poster_bytes

HEAD = "Id,Genre,Drama,War,N/A\n"
POSTER = make_poster_bytes("JPEG")


def test_film_gets_its_genres_and_its_poster(read, tmp_path: Path) -> None:
    row = "tt0000001,\"['War', 'Drama']\",1,1,0\n"
    (film,) = read("kaggle-posters", {"set/train.csv": HEAD + row, "set/Images/tt0000001.jpg": POSTER}, "set")
    assert (film.title, film.imdb_id, film.genres) == ("tt0000001", "tt0000001", ("War", "Drama"))
    assert film.poster == tmp_path / "set/Images/tt0000001.jpg"


def test_flags_count_where_there_is_no_list(read) -> None:
    (film,) = read("kaggle-posters", {"f.csv": "Id,Drama,War\ntt0000001,0,1\n"}, "f.csv")
    assert (film.genres, film.poster) == (("War",), None)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("tt0000001,['War'],1,1,0", "genres_disagree"),
        ("tt0000001,['War'],yes,1,0", "genre_flag_invalid"),
        ("../../etc/passwd,['War'],0,1,0", "imdb_id_invalid"),
        ("tt0000002,['War'],0,1,0", "poster_not_found"),
        (",['War'],0,1,0", "title_missing"),
    ],
)
def test_bad_row_is_told(read, row: str, code: str) -> None:
    files = {"train.csv": f"{HEAD}{row}\n", "Images/tt0000001.jpg": POSTER}
    (error,) = read("kaggle-posters", files, "train.csv")
    assert error.code == code


def test_folder_of_posters_may_be_named_and_must_be_there(read, tmp_path: Path) -> None:
    files = {"f.csv": "Id,Genre\ntt0000001,Drama\n", "art/tt0000001.webp": make_poster_bytes("WEBP")}
    (film,) = read("kaggle-posters", files, "f.csv", Options(posters=tmp_path / "art"))
    assert film.poster == tmp_path / "art/tt0000001.webp"
    with pytest.raises(InvalidInput):
        read("kaggle-posters", files, "f.csv", Options(posters=tmp_path / "nowhere"))


def test_folder_must_say_which_file(read) -> None:
    with pytest.raises(InvalidInput) as caught:
        read("kaggle-posters", {"a.csv": HEAD, "b.csv": HEAD}, "")
    assert caught.value.code == "file_missing"
