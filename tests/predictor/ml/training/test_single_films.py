import numpy as np
import pytest

from predictor.ml.examples import PlotExample
from predictor.ml.labels import GENRES, IMDB27
from predictor.ml.training.single_films import LARGEST_RATIO, SMOOTHING, SampledBatches, exclude_plots, gather_films

WAR, DRAMA = IMDB27.index("War"), IMDB27.index("Drama")


def make_own(genre: str, number: int = 0) -> PlotExample:
    others = tuple(name for name in GENRES if name != genre)
    return PlotExample(f"imdb27:{number}", f"own {number}", (genre,), "imdb27", others)


def make_other(*genres: str, plot: str = "other", source: str = "x") -> PlotExample:
    return PlotExample(f"tt-{plot}", plot, genres, source)


def test_films_of_other_sources_follow_those_of_the_set() -> None:
    films = gather_films([make_own("War")], [make_other("Film-Noir"), make_other("Drama", "Film-Noir", "War")])
    assert [row.source for row in films.examples] == ["imdb27", "x"]
    assert [np.flatnonzero(row).tolist() for row in films.labels] == [[WAR], [DRAMA, WAR]]
    assert films.labels.shape == films.weights.shape == (2, 27)


def test_own_films_weigh_every_genre_alike() -> None:
    films = gather_films([make_own("War"), make_own("Drama")], [make_other("Drama")])
    np.testing.assert_array_equal(films.weights[:2], 1.0)
    assert films.own_shares.sum() == pytest.approx(1.0)
    assert films.own_shares.min() > 0


def test_weight_is_the_share_in_the_source_over_that_in_the_set() -> None:
    own = [make_own("War", number) for number in range(8)] + [make_own("Drama", number) for number in range(8, 16)]
    others = [make_other("War", plot=str(n)) for n in range(100)] + [
        make_other("Drama", plot=str(n)) for n in range(300)
    ]
    films = gather_films(own, others)
    shares = (np.asarray([100, 300]) + SMOOTHING * np.asarray([100.5, 300.5]) / 413.5) / (400 + SMOOTHING)
    np.testing.assert_allclose(films.weights[-1][[WAR, DRAMA]], shares / films.own_shares[[WAR, DRAMA]], rtol=1e-4)


def test_weight_is_bounded_and_0_for_a_genre_that_the_source_never_uses() -> None:
    own = [make_own("War", number) for number in range(500)]
    listed = [make_other("Drama", "Short", plot=str(n), source="lists-short") for n in range(100)]
    silent = [make_other("Drama", plot=str(n), source="silent") for n in range(300)]
    films = gather_films(own, [*listed, *silent])
    assert films.weights[-1][IMDB27.index("Short")] == 0
    assert films.weights.max() == pytest.approx(LARGEST_RATIO)


def test_plots_held_out_are_no_training_plots_of_other_sources() -> None:
    others = [make_other("War", plot=" own 1 "), make_other("War", plot="new"), make_own("War", 2)]
    assert [row.plot for row in exclude_plots(others, [make_own("War", 1)])] == ["new"]


def test_epoch_has_every_own_film_and_a_fresh_draw_of_others() -> None:
    rows = [np.asarray([number + 1], np.int32) for number in range(20)]
    labels = np.zeros((20, 27), np.float32)
    source = SampledBatches(rows, labels, labels, own=4, drawn=6, batch_size=3, seed=1)
    epochs = [np.concatenate([batch.inputs for batch in source.batches(epoch)]).ravel() for epoch in (0, 1, 0)]
    assert len(source) == 4
    assert all(len(set(epoch)) == 10 for epoch in epochs)
    assert all(set(range(1, 5)) <= set(epoch) for epoch in epochs)
    assert set(epochs[0]) != set(epochs[1])
    np.testing.assert_array_equal(epochs[0], epochs[2])


def test_no_more_are_drawn_than_there_are() -> None:
    rows = [np.asarray([number + 1], np.int32) for number in range(5)]
    labels = np.zeros((5, 27), np.float32)
    source = SampledBatches(rows, labels, labels, own=4, drawn=100, batch_size=10, seed=1)
    assert sum(len(batch.inputs) for batch in source.batches(0)) == 5
