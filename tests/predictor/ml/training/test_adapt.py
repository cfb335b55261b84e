"""A shipped model learns from labels without its training data."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from predictor.ml.artifacts import load_bundle
from predictor.ml.errors import TrainingError
from predictor.ml.examples import PlotExample, PosterExample
from predictor.ml.pipeline import PlotPipeline, load_pipeline
from predictor.ml.training.adapt import train_adapt_plot, train_adapt_poster
from predictor.ml.training.recipes import TrainingRequest

SHIPPED = Path(__file__).resolve().parents[4] / "predictor" / "pretrained"
PLOT_MODEL = sorted(SHIPPED.glob("plot-*"))[0]
POSTER_MODEL = sorted(SHIPPED.glob("poster-*"))[0]
NEW_WORD = "A zorblax crosses the river and looks for a home."
PLACES = ("river", "town", "valley", "school", "harbour", "forest")


def make_plots(count: int, *, start: int = 0) -> list[PlotExample]:
    """Every second film has a zorblax in it and is a western."""
    rows = []
    for number in range(start, start + count):
        hero, genre = (("zorblax", "Western"), ("teacher", "Drama"))[number % 2]
        place = PLACES[number % len(PLACES)]
        rows.append(
            PlotExample(f"f{number}", f"A {hero} crosses the {place} on day {number} of the year.", (genre,), "person")
        )
    return rows


def adapt(folder: Path, base: Path, count: int, name: str = "plot-adapt-1", **more):
    return train_adapt_plot(
        TrainingRequest(
            folder / name, folder / f"work-{name}", plots={"train": make_plots(count), **more}, plot_bundle=base,
            stream=io.StringIO(),
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def adapted(tmp_path_factory):
    return adapt(tmp_path_factory.mktemp("adapted"), PLOT_MODEL, 60, validation=make_plots(8, start=60))


def test_it_learns_a_word_that_the_network_never_knew(adapted):
    before, after = load_pipeline(PLOT_MODEL), load_pipeline(adapted.folder)
    assert "Western" not in before.predict([NEW_WORD])[0].decided
    assert "Western" in after.predict([NEW_WORD])[0].decided
    assert adapted.manifest["training"]["base"]["name"] == PLOT_MODEL.name
    assert sum(file.stat().st_size for file in adapted.folder.iterdir()) < 30_000_000


def test_single_plots_and_batches_get_the_same_answers(adapted):
    pipeline = load_pipeline(adapted.folder)
    plots = [row.plot for row in make_plots(5)] + ["Short."]
    together = pipeline.logits(plots)
    alone = np.concatenate([pipeline.logits([plot]) for plot in plots])
    np.testing.assert_allclose(together, alone, atol=1e-3)


def test_a_corrected_model_is_corrected_anew_from_its_network(adapted, tmp_path):
    again = adapt(tmp_path, adapted.folder, 60, validation=make_plots(8, start=60))
    assert isinstance(load_pipeline(again.folder), PlotPipeline)
    plots = [NEW_WORD, *(row.plot for row in make_plots(4))]
    first, second = (load_pipeline(folder).logits(plots) for folder in (adapted.folder, again.folder))
    np.testing.assert_allclose(first, second, atol=1e-3)


def test_labels_that_agree_on_nothing_leave_the_model_as_it_was(tmp_path):
    champion = load_pipeline(PLOT_MODEL)
    plots = [f"A {'man' if n % 3 else 'woman'} walks to the {PLACES[n % 6]} number {n} and waits." for n in range(24)]
    chances = champion.bundle.calibration.apply(champion.logits(plots))
    unchanged = []
    for seed in range(6):
        drawn = np.random.default_rng(seed).random(chances.shape) < chances
        rows = [
            PlotExample(f"f{n}", plot, tuple(np.asarray(champion.genres)[drawn[n]]), "person")
            for n, plot in enumerate(plots)
        ]
        folder = tmp_path / f"plot-adapt-{seed}"
        request = TrainingRequest(
            folder, tmp_path / f"work-{seed}", plots={"train": rows}, plot_bundle=PLOT_MODEL, stream=io.StringIO()
        )
        if train_adapt_plot(request).manifest["training"]["correction"]["penalty"] is None:
            unchanged.append(folder)
    # Two standard errors let one draw in forty pass by luck alone: of six, one may.
    assert len(unchanged) >= 5
    before, after = champion.predict(plots), load_pipeline(unchanged[0]).predict(plots)
    assert [row.decided for row in before] == [row.decided for row in after]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-4)


def test_too_few_films_are_refused_with_rule_and_count(tmp_path):
    with pytest.raises(TrainingError, match="at least 20 films to learn from: there are 6"):
        adapt(tmp_path, PLOT_MODEL, 6)


def test_a_poster_model_learns_too(tmp_path):
    rows = []
    for number in range(40):
        path = tmp_path / f"{number}.png"
        colour = (230, 40 + number, 30) if number % 2 else (20, 40 + number, 220)
        Image.new("RGB", (40, 60), colour).save(path)
        rows.append(PosterExample(f"f{number}", path, ("Western",) if number % 2 else ("Sci-Fi",), "person"))
    request = TrainingRequest(
        tmp_path / "poster-adapt-1", tmp_path / "work", posters={"train": rows}, poster_bundle=POSTER_MODEL,
        stream=io.StringIO(),
    )  # fmt: skip
    pipeline = load_pipeline(train_adapt_poster(request).folder)
    red, blue = (Image.new("RGB", (40, 60), colour) for colour in ((230, 60, 30), (20, 60, 220)))
    answers = [answer.as_dict() for answer in pipeline.predict([red, blue])]
    assert answers[0]["Western"] > 2 * answers[1]["Western"]
    assert answers[1]["Sci-Fi"] > 2 * answers[0]["Sci-Fi"]
    # A heat map of the network as it was would not be one of the corrected network.
    assert pipeline.activation([red]) is None
    assert load_bundle(pipeline.bundle.folder).kind == "poster"
