from pathlib import Path

import numpy as np
import pytest

from predictor.ml.errors import TrainingError
from predictor.ml.examples import PlotExample
from predictor.ml.labels import GENRES
from predictor.ml.training.datasets import (
    fingerprint_examples,
    known_genres_of,
    label_arrays,
    read_imdb27,
    read_plots,
    read_posters,
    split_imdb27,
    truncated_genres,
)

from .data_folder import write_imdb27, write_plots


def test_plots_are_read_split_by_split(tmp_path: Path) -> None:
    write_plots(tmp_path, train=6, held_out=3)
    splits = read_plots(tmp_path)
    assert {name: len(rows) for name, rows in splits.items()} == {"train": 6, "validation": 3, "test": 3}
    assert splits["train"][1].genres == ("Horror",)
    assert splits["train"][1].film_id == "tttrain1"


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"plots\.csv\.gz"):
        read_plots(tmp_path)


def test_posters_name_image_and_what_was_cut_off(tmp_path: Path) -> None:
    (tmp_path / "posters.csv").write_text(
        "imdb_id,genres,source,label_source,split\n"
        "tt1,Crime|Drama|Sport,kaggle7254,kaggle7254,train\n"
        "tt2,Crime|Drama,kaggle7254,kaggle7254,test\n"
    )
    splits = read_posters(tmp_path)
    assert splits["train"][0].path == tmp_path / "posters" / "tt1.webp"
    assert splits["train"][0].unknown == ("Talk-Show", "Thriller", "War", "Western")
    assert splits["test"][0].unknown == ()


def test_unknown_split_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "posters.csv").write_text("imdb_id,genres,source,label_source,split\ntt1,Drama,x,x,dev\n")
    with pytest.raises(TrainingError, match=r"line 2: .*'dev'"):
        read_posters(tmp_path)


def test_imdb27_row_knows_its_one_genre_only(tmp_path: Path) -> None:
    (tmp_path / "imdb27").mkdir()
    (tmp_path / "imdb27" / "train.txt").write_text("7 ::: Quiz (1999) ::: game-show ::: People answer.\n")
    (row,) = read_imdb27(tmp_path)
    assert row.genres == ("Game-Show",)
    labels, mask = label_arrays([row], {})
    assert labels.sum() == mask.sum() == 1


def test_folder_without_imdb27_has_no_such_rows(tmp_path: Path) -> None:
    assert read_imdb27(tmp_path) == []


def test_damaged_imdb27_line_is_refused_with_its_number(tmp_path: Path) -> None:
    (tmp_path / "imdb27").mkdir()
    (tmp_path / "imdb27" / "train.txt").write_text("7 ::: Quiz ::: song ::: x\n")
    with pytest.raises(TrainingError, match="line 1"):
        read_imdb27(tmp_path)


def test_only_full_rows_of_a_cutting_source_are_cut() -> None:
    assert truncated_genres("kaggle7254", ("Crime", "Drama", "Sport"))[0] == "Talk-Show"
    assert truncated_genres("kaggle7254", ("Crime", "Drama")) == ()
    assert truncated_genres("imdb", ("Crime", "Drama", "Sport")) == ()


def test_masks_follow_what_sources_know_and_a_named_genre_always_counts() -> None:
    rows = [PlotExample(str(number), "plot", ("Comedy",), "tmdb") for number in range(50)]
    rows += [PlotExample(f"i{number}", "plot", ("Sport",), "imdb") for number in range(50)]
    known = known_genres_of(rows)
    late = PlotExample("x", "plot", ("Sport",), "tmdb")
    labels, mask = label_arrays([rows[0], late], known)
    sport = GENRES.index("Sport")
    assert mask[:, sport].tolist() == [0.0, 1.0]
    assert labels.dtype == mask.dtype == np.float32


def test_fingerprint_follows_labels() -> None:
    row = PlotExample("tt1", "plot", ("Drama",), "imdb")
    other = PlotExample("tt1", "plot", ("Drama", "War"), "imdb")
    assert fingerprint_examples([row]) != fingerprint_examples([other])


def test_a_share_of_the_set_is_set_aside_by_id(tmp_path: Path) -> None:
    write_imdb27(tmp_path, train=300)
    rows = read_imdb27(tmp_path)
    train, held_out = split_imdb27(rows)
    assert len(train) + len(held_out) == 300
    assert 25 < len(held_out) < 70
    assert split_imdb27(rows[::-1])[1] == held_out[::-1]
    assert len(read_imdb27(tmp_path, "test_solution.txt")) == 12


def test_genres_outside_the_columns_are_left_out() -> None:
    row = PlotExample("x", "plot", ("Adult", "War"), "imdb", ("Talk-Show", "Comedy"))
    labels, mask = label_arrays([row], {"imdb": ("Adult", "War", "Comedy")}, ("Comedy", "Drama", "War"))
    assert labels.tolist() == [[0, 0, 1]]
    assert mask.tolist() == [[0, 0, 1]]
