"""Late fusion: the fit by hand and against scikit-learn, the exported graph, the recipe end to end."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from sklearn.linear_model import LogisticRegression

from predictor.ml.artifacts import Bundle, load_bundle, save_bundle
from predictor.ml.calibration import PlattCalibration, sigmoid
from predictor.ml.errors import ArtifactError, MLError, TrainingError
from predictor.ml.examples import PlotExample, PosterExample
from predictor.ml.labels import GENRES
from predictor.ml.pipeline import FusionPipeline, load_pipeline
from predictor.ml.poster import PosterPreprocessing
from predictor.ml.training.fusion import (
    align_genres,
    calibrate_logits,
    carry_fusion,
    fit_across,
    fit_fusion,
    join_pairs,
    train_late_fusion,
)
from predictor.ml.training.recipes import TrainingRequest
from tests.predictor.ml.bundles import make_custom_bundle, make_plot_bundle, manifest

WORDS = {"Comedy": "joke", "Horror": "ghost", "War": "soldier"}
COLOURS = {"Comedy": (255, 0, 0), "Horror": (0, 255, 0), "War": (0, 0, 255)}


def make_poster_bundle(root: Path, name: str = "poster-tiny-1") -> Bundle:
    """Logits are three times the mean of each colour channel."""
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["image"], ["mean"], axes=[1, 2], keepdims=0),
            helper.make_node("Mul", ["mean", "three"], ["logits"]),
        ],
        "colours",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["films", 4, 4, 3])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["films", 3])],
        initializer=[numpy_helper.from_array(np.asarray(3.0, np.float32), "three")],
    )
    network = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    parts = manifest("poster", preprocessing=PosterPreprocessing(4, 4).as_dict())
    return save_bundle(root / name, parts, {"model.onnx": network.SerializeToString()})


def make_request(folder: Path, count: int = 30) -> TrainingRequest:
    plots, posters = [], []
    for number in range(count):
        genre = list(WORDS)[number % 3]
        path = folder / f"{number}.png"
        Image.new("RGB", (4, 4), COLOURS[genre]).save(path)
        plots.append(PlotExample(f"film{number}", WORDS[genre], (genre,), "drawn"))
        posters.append(PosterExample(f"film{number}", path, (genre,), "drawn"))
    plots.append(PlotExample("plot only", "joke", ("Comedy",), "drawn"))
    posters.append(PosterExample("poster only", posters[0].path, ("Comedy",), "drawn"))
    return TrainingRequest(
        output=folder / "both-tiny-1",
        work=folder / "work",
        plots={"train": plots, "validation": plots},
        posters={"validation": posters},
        plot_bundle=make_plot_bundle(folder).folder,
        poster_bundle=make_poster_bundle(folder).folder,
    )


def draw_logits(count: int = 400, genres: int = 2) -> tuple[np.ndarray, ...]:
    generator = np.random.default_rng(1)
    plot, poster = generator.normal(size=(2, count, genres)).astype(np.float32)
    truth = sigmoid(1.5 * plot + 0.5 * poster - 0.3) > generator.random((count, genres))
    return plot, poster, truth.astype(np.float32), np.ones((count, genres), np.float32)


def test_light_shrinkage_agrees_with_scikit_learn() -> None:
    plot, poster, labels, mask = draw_logits()
    weights = fit_fusion(plot, poster, labels, mask, shrinkage=1e-6)
    for genre in range(2):
        design = np.stack([plot[:, genre], poster[:, genre]], axis=1)
        peer = LogisticRegression(C=np.inf, tol=1e-10).fit(design, labels[:, genre])
        found = [weights.plot[genre], weights.poster[genre], weights.offset[genre]]
        np.testing.assert_allclose(found, [*peer.coef_[0], peer.intercept_[0]], atol=1e-3)


def test_heavy_shrinkage_gives_every_genre_the_same() -> None:
    plot, poster, labels, mask = draw_logits()
    weights = fit_fusion(plot, poster, labels, mask, shrinkage=1e9)
    for values in (weights.plot, weights.poster, weights.offset):
        assert np.ptp(values) < 1e-4
    assert weights.plot[0] > weights.poster[0] > 0


def test_unknown_labels_do_not_matter() -> None:
    plot, poster, labels, mask = draw_logits()
    mask[:100, 1] = 0
    turned = labels.copy()
    turned[:100, 1] = 1 - turned[:100, 1]
    first, second = (fit_fusion(plot, poster, given, mask, shrinkage=1.0) for given in (labels, turned))
    np.testing.assert_allclose(first.plot, second.plot)


def test_misleading_part_gets_no_weight() -> None:
    plot, _, labels, mask = draw_logits()
    weights = fit_fusion(plot, 1 - 2 * labels, labels, mask, shrinkage=1.0)
    np.testing.assert_array_equal(weights.poster, 0)


def test_shapes_that_differ_are_refused() -> None:
    with pytest.raises(TrainingError, match="arrays of one shape"):
        fit_fusion(*(np.zeros((n, 2), np.float32) for n in (3, 3, 3, 4)), shrinkage=1.0)


def test_calibrated_logits_have_the_calibrated_probability() -> None:
    calibration = PlattCalibration(np.asarray([2.0, 1.0], np.float32), np.asarray([-1.0, 0.5], np.float32))
    logits = np.asarray([[0.3, -2.0]], np.float32)
    np.testing.assert_allclose(sigmoid(calibrate_logits(logits, calibration)), calibration.apply(logits), atol=1e-6)


def test_genres_move_to_their_columns() -> None:
    aligned = align_genres(np.asarray([[1.0, 2.0]], np.float32), ("War", "Action"))
    assert aligned[0, GENRES.index("War")] == 1
    assert aligned[0, GENRES.index("Action")] == 2
    assert np.count_nonzero(aligned) == 2


def test_only_films_with_both_are_joined(tmp_path: Path) -> None:
    request = make_request(tmp_path, 3)
    pairs = join_pairs(request.plots["validation"], request.posters["validation"])
    assert [row.film_id for row in pairs.examples] == ["film0", "film1", "film2"]
    assert [path.name for path in pairs.paths] == ["0.png", "1.png", "2.png"]


def test_recipe_serves_what_it_fitted(tmp_path: Path) -> None:
    request = make_request(tmp_path)
    bundle = train_late_fusion(request)
    pipeline = load_pipeline(bundle.folder)
    assert isinstance(pipeline, FusionPipeline)
    pairs = [(WORDS[genre], np.full((4, 4, 3), COLOURS[genre], np.uint8)) for genre in WORDS]
    assert [scores.decided for scores in pipeline.predict(pairs)] == [("Comedy",), ("Horror",), ("War",)]
    together = pipeline.logits(pairs)
    np.testing.assert_allclose(np.concatenate([pipeline.logits([pair]) for pair in pairs]), together, atol=1e-5)
    kept = bundle.manifest["training"]["weights"]
    parts = (
        align_genres(calibrate_logits(part.logits(items), part.bundle.calibration), part.genres)
        for part, items in (
            (pipeline.plot, [plot for plot, _ in pairs]),
            (pipeline.poster, [image for _, image in pairs]),
        )
    )
    plot, poster = parts
    by_hand = plot * kept["plot"] + poster * kept["poster"] + np.asarray(kept["offset"])
    by_hand = by_hand + plot @ np.asarray(kept["plot_across"]) + poster @ np.asarray(kept["poster_across"])
    np.testing.assert_allclose(together, by_hand, atol=5e-3)
    assert np.abs(kept["plot_across"]).max() > 0


def draw_pairs() -> tuple[np.ndarray, ...]:
    """Logits of three genres; the third is told by the plot's logit of the first, and the poster's of the second."""
    generator = np.random.default_rng(6)
    plot, poster = generator.normal(size=(2, 4_000, 3)).astype(np.float32)
    honest = np.stack([plot[:, 0], plot[:, 1], plot[:, 2] + plot[:, 0] - poster[:, 1]], axis=1)
    labels = (sigmoid(honest) > generator.random(honest.shape)).astype(np.float32)
    return plot, poster, labels


def test_other_genres_are_heard_where_they_tell_something() -> None:
    plot, poster, labels = draw_pairs()
    alone = fit_fusion(plot, poster, labels, np.ones_like(labels), shrinkage=1.0)
    weights = fit_across(alone, plot, poster, labels, shrinkage=1.0)
    assert weights.plot_matrix[0, 2] == pytest.approx(1.0, abs=0.15)
    assert weights.poster_matrix[1, 2] == pytest.approx(-1.0, abs=0.15)
    assert np.abs(weights.plot_matrix[[1, 2], 0]).max() < 0.15
    fused = weights.apply(plot, poster)
    assert fused[:, 2].mean() == pytest.approx((plot[:, 2] + plot[:, 0] - poster[:, 1]).mean(), abs=0.1)


def test_a_strong_prior_and_too_few_films_leave_the_genres_to_themselves() -> None:
    plot, poster, labels = draw_pairs()
    alone = fit_fusion(plot, poster, labels, np.ones_like(labels), shrinkage=1.0)
    np.testing.assert_allclose(
        fit_across(alone, plot, poster, labels, shrinkage=1e9).apply(plot, poster), alone.apply(plot, poster), atol=1e-3
    )
    few = labels.copy()
    few[9:, 2] = 0
    few[:9, 2] = 1
    weights = fit_across(alone, plot, poster, few, shrinkage=1.0)
    for across in (weights.plot_across, weights.poster_across):
        assert np.all(across[:, 2] == 0)
        assert np.all(across[2] == 0)
    assert weights.offset[2] == alone.offset[2]


def test_fusion_of_an_earlier_form_is_carried_over(tmp_path: Path) -> None:
    request = make_request(tmp_path)
    joint = train_late_fusion(request)
    stored = joint.manifest["training"]["weights"]
    three = {name: stored[name] for name in ("plot", "poster", "offset")}
    joint.manifest["training"]["weights"] = three
    plot, poster = (load_pipeline(folder).bundle for folder in (request.plot_bundle, request.poster_bundle))
    carried = carry_fusion(tmp_path / "carried-1", joint, plot, poster)
    pipeline = load_pipeline(carried.folder)
    assert isinstance(pipeline, FusionPipeline)
    parts = [pipeline.plot.logits(["joke"]), pipeline.poster.logits([np.full((4, 4, 3), (255, 0, 0), np.uint8)])]
    calibrated = [
        align_genres(calibrate_logits(logits, part.calibration), part.genres)
        for logits, part in zip(parts, (plot, poster), strict=True)
    ]
    by_hand = calibrated[0] * three["plot"] + calibrated[1] * three["poster"] + np.asarray(three["offset"])
    np.testing.assert_allclose(pipeline.fuse(*parts), by_hand, atol=5e-3)


def test_bundle_refuses_a_refitted_part(tmp_path: Path) -> None:
    bundle = train_late_fusion(make_request(tmp_path))
    elsewhere = tmp_path / "elsewhere"
    make_plot_bundle(elsewhere, max_tokens=3)
    make_poster_bundle(elsewhere)
    with pytest.raises(ArtifactError, match="fit the fusion again"):
        load_pipeline(bundle.folder, parts=elsewhere)


def test_two_plot_bundles_are_refused(tmp_path: Path) -> None:
    request = make_request(tmp_path)
    wrong = TrainingRequest(
        output=request.output,
        work=request.work,
        plots=request.plots,
        posters=request.posters,
        plot_bundle=request.plot_bundle,
        poster_bundle=request.plot_bundle,
    )
    with pytest.raises(TrainingError, match="not 'plot' and 'plot'"):
        train_late_fusion(wrong)


def test_fusion_reads_plots_in_the_custom_that_it_was_fitted_in(tmp_path: Path) -> None:
    custom = make_custom_bundle(tmp_path)
    request = replace(make_request(tmp_path), plot_bundle=custom.folder, overrides={"plot_custom": "imdb"})
    pipeline = load_pipeline(train_late_fusion(request).folder)
    assert isinstance(pipeline, FusionPipeline)
    told = pipeline.plot.with_custom("imdb").logits(["soldier"])
    guessed = pipeline.plot.logits(["soldier"])
    assert told[0, 2] > guessed[0, 2] + 0.5
    np.testing.assert_array_equal(pipeline.read_plots(["soldier"], guessed), told)
    pipeline.plot = pipeline.plot.with_custom("imdb")
    assert pipeline.read_plots(["soldier"], told) is told
    picture = np.full((4, 4, 3), (0, 0, 255), np.uint8)
    apart = pipeline.fuse(told, pipeline.poster.logits([picture]))
    np.testing.assert_allclose(pipeline.logits([("soldier", picture)]), apart, atol=1e-5)


def test_fusion_without_a_custom_takes_what_the_plot_model_said(tmp_path: Path) -> None:
    pipeline = load_pipeline(train_late_fusion(make_request(tmp_path)).folder)
    assert isinstance(pipeline, FusionPipeline)
    known = np.ones((1, 3), np.float32)
    assert pipeline.read_plots(["soldier"], known) is known


def test_custom_is_carried_over_to_a_plot_model_that_has_learned_it_only(tmp_path: Path) -> None:
    custom = make_custom_bundle(tmp_path)
    request = replace(make_request(tmp_path), plot_bundle=custom.folder, overrides={"plot_custom": "imdb"})
    joint = train_late_fusion(request)
    assert request.poster_bundle is not None
    poster, plain = load_bundle(request.poster_bundle), load_bundle(tmp_path / "plot-tiny-1")
    kept = carry_fusion(tmp_path / "kept-1", joint, load_bundle(make_custom_bundle(tmp_path, "again-1").folder), poster)
    left = carry_fusion(tmp_path / "left-1", joint, plain, poster)
    assert kept.preprocessing["plot_custom"] == "imdb"
    assert "plot_custom" not in left.preprocessing


def test_custom_that_the_plot_part_has_not_learned_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MLError, match="no custom 'imdb'"):
        train_late_fusion(replace(make_request(tmp_path), overrides={"plot_custom": "imdb"}))
