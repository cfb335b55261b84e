import io

import pytest

from predictor.ml.training import progress
from predictor.ml.training.progress import Progress, format_seconds


@pytest.mark.parametrize(("seconds", "text"), [(-1, "0s"), (42.9, "42s"), (185, "3m 05s"), (3725, "1h 02m")])
def test_durations_for_people(seconds: float, text: str) -> None:
    assert format_seconds(seconds) == text


def test_line_tells_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 110.0, 120.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    stream = io.StringIO()
    bar = Progress(4, title="lstm", stream=stream, every_seconds=15)
    bar.advance("loss 0.5")
    assert stream.getvalue() == ""
    bar.advance("loss 0.4")
    assert stream.getvalue().split() == ["lstm", "2/4", "loss", "0.4", "ETA", "20s"]
