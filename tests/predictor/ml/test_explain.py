"""Explanations of pipelines for which the right answer is known by hand."""

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from predictor.ml.calibration import PlattCalibration
from predictor.ml.errors import InvalidExample
from predictor.ml.explain import Box, HeatMap, Spot, explain_plot, explain_poster
from predictor.ml.pipeline import PlotPipeline, PosterPipeline, load_pipeline

from .bundles import make_plot_bundle, make_poster_bundle

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


def make_posters(folder: Path, **options) -> PosterPipeline:
    pipeline = load_pipeline(make_poster_bundle(folder, **options).folder)
    assert isinstance(pipeline, PosterPipeline)
    return pipeline


def draw_poster(width: int = 160, height: int = 240) -> Image.Image:
    """Black, with a red square at the bottom right and a green one at the top left."""
    picture = Image.new("RGB", (width, height))
    picture.paste((255, 0, 0), (width * 3 // 4, height * 3 // 4, width, height))
    picture.paste((0, 255, 0), (0, 0, width // 4, height // 4))
    return picture


@pytest.mark.parametrize("method", ["activation", "occlusion"])
def test_the_heat_map_peaks_on_what_speaks_for_the_genre(tmp_path: Path, method: str) -> None:
    pipeline = make_posters(tmp_path)
    heat = explain_poster(pipeline, draw_poster(), "Comedy", method=method)
    assert (heat.method, heat.box) == (method, Box(0, 0, 160, 240))
    assert heat.values.dtype == np.float32 and heat.values.max() == pytest.approx(1.0) and heat.values.min() == 0.0
    large = heat.enlarge(160, 240)
    assert large.shape == (240, 160) and large.min() >= 0 and large.max() <= 1
    row, column = np.unravel_index(large.argmax(), large.shape)
    assert row >= 160 and column >= 105
    assert large[:60, :40].max() < 0.2
    top = explain_poster(pipeline, draw_poster(), "Horror", method=method).enlarge(160, 240)
    row, column = np.unravel_index(top.argmax(), top.shape)
    assert row < 80 and column < 55


def test_activation_sums_to_what_the_poster_adds(tmp_path: Path) -> None:
    pipeline = make_posters(tmp_path)
    heat = explain_poster(pipeline, draw_poster(), "Comedy", method="activation")
    assert heat.contributions.shape == (4, 4)
    assert heat.contributions.sum() == pytest.approx(float(pipeline.logits([draw_poster()])[0, 0]) + 1.0, abs=1e-3)
    # One cell of 16 is fully red: 8 times its light, (255 - 127) / 128, shared out over the picture.
    assert heat.contributions[3, 3] == pytest.approx(8 / 16, abs=0.05)


def test_nothing_speaks_for_a_genre_that_a_poster_lacks(tmp_path: Path) -> None:
    for method in ("activation", "occlusion"):
        heat = explain_poster(make_posters(tmp_path / method), draw_poster(), "War", method=method)
        assert not heat.speaks and not heat.values.any()


def test_without_a_feature_map_patches_are_covered(tmp_path: Path) -> None:
    pipeline = make_posters(tmp_path, map_shown=False)
    assert pipeline.features([draw_poster()]) is None
    assert explain_poster(pipeline, draw_poster(), "Comedy", method="activation").method == "occlusion"


def test_weights_that_the_network_does_not_use_are_not_trusted(tmp_path: Path, monkeypatch) -> None:
    pipeline = make_posters(tmp_path)
    monkeypatch.setattr(pipeline, "class_weights", lambda channels: np.ones((channels, 3), np.float32))
    assert explain_poster(pipeline, draw_poster(), "Comedy", method="activation").method == "occlusion"


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 3)])
def test_odd_posters_have_a_heat_map_too(tmp_path: Path, size: tuple[int, int]) -> None:
    heat = explain_poster(make_posters(tmp_path), Image.new("RGB", size, (255, 0, 0)), "Comedy")
    assert np.isfinite(heat.contributions).all() and heat.box == Box(0, 0, *size)


def test_bad_questions_about_posters_are_refused(tmp_path: Path) -> None:
    pipeline = make_posters(tmp_path)
    for picture, genre, method in (
        (draw_poster(), "Western", "occlusion"),
        (draw_poster(), "Comedy", "magic"),
        (draw_poster().convert("L"), "Comedy", "occlusion"),
    ):
        with pytest.raises(InvalidExample):
            explain_poster(pipeline, picture, genre, method=method)


def test_values_of_a_map_without_any_contribution_are_zero() -> None:
    heat = HeatMap("Comedy", np.zeros((2, 2), np.float32), Box(0, 0, 8, 8), "occlusion")
    assert not heat.values.any() and not heat.speaks


def test_spots_are_the_strongest_cells_in_pixels_of_the_poster():
    cells = np.zeros((7, 5), np.float32)
    cells[0, 4], cells[6, 2], cells[3, 2] = 0.8, -0.5, 0.1
    heat = HeatMap("Comedy", cells, Box(0, 0, 50, 70), "occlusion")
    found, against = heat.find_spot(), heat.find_spot(against=True)
    assert found == Spot(Box(40, 0, 50, 10), pytest.approx(0.8), 0, 2)
    assert against == Spot(Box(20, 60, 30, 70), pytest.approx(-0.5), 2, 1)


def test_what_hardly_matters_is_no_spot():
    heat = HeatMap("Comedy", np.full((7, 5), 0.01, np.float32), Box(0, 0, 50, 70), "occlusion")
    assert heat.find_spot() is None and heat.find_spot(against=True) is None
