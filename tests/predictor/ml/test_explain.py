"""Explanations of plot pipelines for which the right answer is known by hand."""

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from predictor.ml.calibration import PlattCalibration
from predictor.ml.errors import InvalidExample
from predictor.ml.explain import explain_plot
from predictor.ml.pipeline import PlotPipeline, load_pipeline

from .bundles import make_plot_bundle

GENRES = ("Comedy", "Horror")
WEIGHTS = {"joke": (1.5, 0.0), "ghost": (-0.5, 2.0), "caf\u00e9": (0.25, 0.0)}


class LinearPlots:
    """Each word adds its weight to the logits, as often as it stands there; calibration doubles Horror."""

    genres = GENRES

    def __init__(self, preprocessing: dict | None = None) -> None:
        self.read: list[str] = []
        calibration = PlattCalibration(np.asarray([1.0, 2.0], np.float32), np.asarray([-1.0, 0.5], np.float32))
        self.bundle = SimpleNamespace(calibration=calibration, preprocessing=preprocessing or {})

    def logits(self, items) -> np.ndarray:
        self.read += items
        rows = [[WEIGHTS.get(word, (0, 0)) for word in re.findall(r"\w+", item.lower())] for item in items]
        return np.asarray([np.sum([(0, 0), *row], axis=0) for row in rows], np.float32)


def weights_by_word(plot: str, genre: str, **options) -> list[tuple[str, float]]:
    explanation = explain_plot(LinearPlots(), plot, genre, **options)
    column = GENRES.index(genre)
    return [(plot[span.start : span.end], float(span.weights[column])) for span in explanation.spans]


def test_a_linear_model_is_explained_by_its_weights() -> None:
    plot = "A joke,\n\u201ca Joke\u201d \U0001f47b in the Caf\u00e9:\tghost."
    found = weights_by_word(plot, "Comedy")
    assert [word for word, _ in found] == ["A", "joke", "a", "Joke", "in", "the", "Caf\u00e9", "ghost"]
    assert [weight for _, weight in found] == pytest.approx([0, 1.5, 0, 1.5, 0, 0, 0.25, -0.5], abs=1e-4)
    assert weights_by_word(plot, "Horror")[-1][1] == pytest.approx(4.0, abs=1e-4)


def test_logits_are_calibrated() -> None:
    np.testing.assert_allclose(explain_plot(LinearPlots(), "joke ghost", "Comedy").logits, [0.0, 4.5], atol=1e-4)


def test_marks_tell_the_sign_and_how_strong() -> None:
    marks = explain_plot(
        LinearPlots(), "joke and ghost and other words as dull as caf\u00e9s or more", "Comedy"
    ).marks()
    assert [(mark.start, mark.end, mark.level) for mark in marks] == [(0, 4, 3), (9, 14, 1)]
    assert [mark.weight for mark in marks] == pytest.approx([1.5, -0.5], abs=1e-4)


def test_a_text_that_matters_all_over_is_not_marked_all_over() -> None:
    marks = explain_plot(LinearPlots(), "ghost joke " * 5, "Comedy").marks()
    assert len(marks) == 3 and all(mark.level == 3 for mark in marks)


def test_nothing_is_marked_where_nothing_matters() -> None:
    explanation = explain_plot(LinearPlots(), "dull words only", "Comedy")
    assert explanation.marks() == () and len(explanation.spans) == 3
    assert explain_plot(LinearPlots(), "!!!", "Comedy").spans == ()


def test_a_long_text_is_narrowed_down_to_the_word_that_matters() -> None:
    plot = "dull words again. " * 100 + "Then a joke comes by. " + "dull words again. " * 100
    pipeline = LinearPlots()
    explanation = explain_plot(pipeline, plot, "Comedy", word_budget=605 * 60)
    assert explanation.passes == len(pipeline.read) <= 60
    (mark,) = explanation.marks()
    assert (plot[mark.start : mark.end], mark.level) == ("joke", 3) and mark.weight == pytest.approx(1.5, abs=1e-4)
    assert sum(span.words for span in explanation.spans) == 605


@pytest.mark.parametrize("words", [1, 2, 30, 199, 4000])
def test_the_budget_is_kept(words: int) -> None:
    pipeline = LinearPlots()
    explanation = explain_plot(pipeline, "joke " * words, "Comedy", word_budget=4_000)
    assert len(pipeline.read) == explanation.passes <= max(3, 4_000 // min(words, 2_000) + 1, 2)


def test_words_that_a_network_never_reads_are_left_alone() -> None:
    pipeline = LinearPlots({"type": "nltk-words", "max_tokens": 10})
    assert sum(span.words for span in explain_plot(pipeline, "joke " * 50, "Comedy").spans) == 10
    pipeline = LinearPlots({"type": "wordpiece+ngrams", "max_tokens": 10})
    assert sum(span.words for span in explain_plot(pipeline, "joke " * 50, "Comedy").spans) == 50


def test_an_unknown_genre_is_refused() -> None:
    with pytest.raises(InvalidExample, match="knows the genres Comedy, Horror, not 'War'"):
        explain_plot(LinearPlots(), "joke", "War")


def test_a_real_bundle_is_explained(tmp_path: Path) -> None:
    pipeline = load_pipeline(make_plot_bundle(tmp_path).folder)
    assert isinstance(pipeline, PlotPipeline)
    # A listed word gives its genre 2; every other token takes 1 from all.
    spans = explain_plot(pipeline, "The ghost laughs", "Horror").spans
    assert [float(span.weights[1]) for span in spans] == pytest.approx([-1.0, 2.0, -1.0])
