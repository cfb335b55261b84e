import numpy as np
import pytest

from predictor.ml.errors import MLError
from predictor.ml.labels import GENRES, IMDB27, decode, encode, encode_rows, find_known_genres, known_mask


def test_genres_are_28_alphabetical_names() -> None:
    assert len(GENRES) == 28
    assert list(GENRES) == sorted(GENRES)
    assert set(GENRES) - set(IMDB27) == {"Film-Noir"}


def test_decode_undoes_encode() -> None:
    row = encode(["War", "Action"])
    assert row.dtype == np.float32
    assert row.sum() == 2
    assert decode(row) == ("Action", "War")


def test_unknown_name_is_refused_by_name() -> None:
    with pytest.raises(MLError, match="'Noir'"):
        encode(["Noir"])


def test_row_of_other_length_is_refused() -> None:
    with pytest.raises(MLError, match=r"\(28,\)"):
        decode(np.zeros(3))


def test_no_rows_give_an_empty_array() -> None:
    assert encode_rows([]).shape == (0, 28)


def test_genre_a_large_source_never_uses_is_unknown_and_a_small_source_is_believed() -> None:
    columns = ("Comedy", "Sport")
    genres = [("Comedy",)] * 40 + [("Sport",)] * 40 + [("Comedy",)] * 40 + [("Comedy",)] * 2
    sources = ["imdb"] * 80 + ["tmdb"] * 40 + ["tiny"] * 2
    known = find_known_genres(genres, sources, columns)
    assert known == {"imdb": ("Comedy", "Sport"), "tmdb": ("Comedy",), "tiny": ("Comedy", "Sport")}


def test_mask_joins_what_the_source_and_the_row_do_not_know() -> None:
    columns = ("Comedy", "Horror", "Sport")
    known = {"tmdb": ("Comedy", "Horror")}
    assert known_mask("tmdb", known, columns).tolist() == [1, 1, 0]
    assert known_mask("tmdb", known, columns, unknown=["Horror"]).tolist() == [1, 0, 0]
    assert known_mask("person", known, columns).tolist() == [1, 1, 1]
