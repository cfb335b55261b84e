import numpy as np

from predictor.ml.training.plot_batches import PlotBatches, leave_out, put_back

GENERATOR = np.random.default_rng(0)
ROWS = [np.full(GENERATOR.integers(1, 30), number + 2, np.int32) for number in range(203)]
LABELS = np.arange(203, dtype=np.float32)[:, None]


def make(seed: int | None) -> PlotBatches:
    return PlotBatches(ROWS, LABELS, np.ones_like(LABELS), batch_size=10, seed=seed)


def numbers(source: PlotBatches, epoch: int) -> list[float]:
    return [float(value) for batch in source.batches(epoch) for value in batch.labels[:, 0]]


def test_every_example_comes_once_an_epoch() -> None:
    assert sorted(numbers(make(1), 0)) == list(range(203))
    assert len(make(1)) == len(list(make(1).batches(0))) == 21


def test_same_epoch_gives_the_same_order_and_another_epoch_another() -> None:
    assert numbers(make(1), 3) == numbers(make(1), 3)
    assert numbers(make(1), 3) != numbers(make(1), 4)
    assert numbers(make(1), 3) != numbers(make(2), 3)


def test_measuring_keeps_the_order() -> None:
    assert numbers(make(None), 0) == list(range(203))


def test_labels_stay_with_their_plots() -> None:
    for batch in make(1).batches(0):
        assert (batch.inputs[:, 0] == batch.labels[:, 0] + 2).all()


def test_batches_hold_plots_of_like_length() -> None:
    padded = sum(batch.inputs.size for batch in make(1).batches(0))
    shuffled = sum(10 * max(len(row) for row in ROWS[start : start + 10]) for start in range(0, 203, 10))
    assert padded < 0.75 * shuffled


def test_answers_in_another_order_are_put_back() -> None:
    assert put_back([2, 0, 1], np.asarray([[30.0], [10.0], [20.0]])).tolist() == [[10.0], [20.0], [30.0]]


def test_left_out_ids_are_others_in_every_epoch_and_the_frame_stays() -> None:
    rows = [np.arange(1, 1001, dtype=np.int32)] * 4
    zeros = np.zeros((4, 1), np.float32)
    source = PlotBatches(rows, zeros, zeros, batch_size=4, seed=1, left_out=0.25)
    first, again, second = (next(source.batches(epoch)).inputs for epoch in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    for row in first:
        kept = row[row > 0]
        assert 700 < len(kept) < 800
        assert (kept[0], kept[-1]) == (1, 1000)
        assert (np.diff(kept) > 0).all()
    assert first.shape != second.shape or (first != second).any()
    assert len({tuple(row) for row in first}) == 4


def test_plot_of_its_frame_alone_stays_whole() -> None:
    frame = np.asarray([101, 102], np.int32)
    assert leave_out(frame, 0.99, np.random.default_rng(0)).tolist() == [101, 102]
