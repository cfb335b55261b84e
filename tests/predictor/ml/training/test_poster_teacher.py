"""What a plot model adds to the labels of training posters."""

from pathlib import Path

import numpy as np
import pytest

from predictor.ml.errors import MLError, TrainingError
from predictor.ml.examples import PlotExample, PosterExample
from predictor.ml.labels import GENRES
from predictor.ml.pipeline import load_pipeline
from predictor.ml.training.poster_teacher import Teacher, load_teacher, teach
from predictor.ml.training.recipes import TrainingRequest
from tests.predictor.ml.bundles import make_plot_bundle

SHIPPED_PLOTS = Path(__file__).parents[4] / "predictor" / "pretrained" / "plot-lstm-glove-1"
SHIPPED_ENCODER = SHIPPED_PLOTS.parent / "plot-encoder-6"


def poster(film: str) -> PosterExample:
    return PosterExample(film, Path(f"{film}.webp"), ("War",), "drawn")


def test_labels_are_drawn_towards_the_answers_where_there_are_any() -> None:
    teacher = Teacher("plot-1", {"known": np.asarray([0.5, 1.0], np.float32)})
    labels = np.asarray([[1.0, 0.0], [1.0, 0.0]], np.float32)
    taught = teach(labels, [poster("known"), poster("other")], teacher, 0.4)
    np.testing.assert_allclose(taught, [[0.8, 0.4], [1.0, 0.0]])
    assert taught.dtype == np.float32


def test_teacher_answers_for_training_films_with_plot_and_poster(tmp_path: Path) -> None:
    plot = "A soldier comes home from the war."
    request = TrainingRequest(
        tmp_path / "out",
        tmp_path,
        plots={"train": [PlotExample("both", plot, ("War",), "drawn"), PlotExample("plot", plot, (), "drawn")]},
        posters={"train": [poster("both"), poster("poster")], "validation": [poster("plot")]},
        plot_bundle=SHIPPED_PLOTS,
    )
    teacher = load_teacher(request, 0.3)
    assert (teacher.name, list(teacher.probabilities)) == (SHIPPED_PLOTS.name, ["both"])
    (expected,) = load_pipeline(SHIPPED_PLOTS).predict([plot])
    np.testing.assert_allclose(teacher.probabilities["both"], expected.probabilities, atol=1e-6)
    assert teacher.probabilities["both"].shape == (len(GENRES),)


def test_teacher_is_told_whose_list_to_match(tmp_path: Path) -> None:
    plot = "A soldier comes home from the war."
    request = TrainingRequest(
        tmp_path / "out",
        tmp_path,
        plots={"train": [PlotExample("both", plot, ("War",), "drawn")]},
        posters={"train": [poster("both")]},
        plot_bundle=SHIPPED_ENCODER,
    )
    pipeline = load_pipeline(SHIPPED_ENCODER)
    (expected,) = pipeline.with_custom("imdb").predict([plot])
    told = load_teacher(request, 0.3, "imdb").probabilities["both"]
    np.testing.assert_allclose(told, expected.probabilities, atol=1e-5)
    assert np.abs(told - pipeline.predict([plot])[0].probabilities).max() > 0.01
    with pytest.raises(MLError, match="no custom 'nobody'"):
        load_teacher(request, 0.3, "nobody")


def test_no_share_needs_no_teacher(tmp_path: Path) -> None:
    assert load_teacher(TrainingRequest(tmp_path / "out", tmp_path), 0.0) == Teacher()


def test_teacher_must_know_the_usual_genres(tmp_path: Path) -> None:
    request = TrainingRequest(tmp_path / "out", tmp_path, plot_bundle=make_plot_bundle(tmp_path).folder)
    with pytest.raises(TrainingError, match="must be a plot version over the 28 genres"):
        load_teacher(request, 0.3)
    with pytest.raises(TrainingError, match="needs the plot bundle that teaches"):
        load_teacher(TrainingRequest(tmp_path / "out", tmp_path), 0.3)
