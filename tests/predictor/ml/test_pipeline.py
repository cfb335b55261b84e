import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from predictor.ml.artifacts import save_bundle, store_metrics
from predictor.ml.errors import ArtifactError
from predictor.ml.pipeline import TOKENS_AT_ONCE, FusionPipeline, PlotPipeline, load_pipeline

from .bundles import fusion_network, make_plot_bundle, manifest

ROOT = Path(__file__).resolve().parents[3]


def test_plot_pipeline_scores_plain_text(tmp_path: Path) -> None:
    pipeline = load_pipeline(make_plot_bundle(tmp_path).folder)
    assert (pipeline.kind, pipeline.version, pipeline.genres[0]) == ("plot", "plot-tiny-1", "Comedy")
    assert isinstance(pipeline, PlotPipeline)
    funny, odd = pipeline.predict(["Joke joke!", "unheard-of"])
    assert funny.decided == ("Comedy",)
    assert funny.as_dict()["Comedy"] == pytest.approx(1 / (1 + np.exp(-3)))
    assert odd.unsure


def test_one_by_one_is_as_in_a_batch_and_in_the_order_given(tmp_path: Path) -> None:
    pipeline = make_pipeline(tmp_path)
    plots = ["ghost " * count for count in (9, 1, 40, 3)] * 20
    together = pipeline.logits(plots)
    alone = np.concatenate([pipeline.logits([plot]) for plot in plots])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def make_pipeline(folder: Path) -> PlotPipeline:
    pipeline = load_pipeline(make_plot_bundle(folder).folder)
    assert isinstance(pipeline, PlotPipeline)
    return pipeline


def test_no_plots_give_no_scores(tmp_path: Path) -> None:
    pipeline = make_pipeline(tmp_path)
    assert pipeline.logits([]).shape == (0, 3)
    assert pipeline.predict([]) == []


def test_damaged_bundle_is_not_loaded(tmp_path: Path) -> None:
    folder = make_plot_bundle(tmp_path).folder
    (folder / "vocabulary.txt").write_text("other\n")
    with pytest.raises(ArtifactError, match="SHA-256"):
        load_pipeline(folder)


def test_unknown_preprocessing_is_refused(tmp_path: Path) -> None:
    folder = make_plot_bundle(tmp_path).folder
    files: dict[str, Path | bytes] = {"model.onnx": folder / "model.onnx"}
    other = save_bundle(tmp_path / "plot-tiny-2", manifest("plot", preprocessing={"type": "bytes"}), files)
    with pytest.raises(ArtifactError, match="'bytes'"):
        load_pipeline(other.folder)


class FakePosterPipeline:
    bundle = SimpleNamespace(name="poster-tiny-1", scoring_hash="b" * 64)

    def logits(self, items: list[object]) -> np.ndarray:
        return np.tile(np.asarray([[0.0, 5.0, 0.0]], np.float32), (len(items), 1))


def make_fusion(folder: Path) -> FusionPipeline:
    plot = make_pipeline(folder)
    parts = {
        "plot": "plot-tiny-1",
        "plot_scoring_sha256": plot.bundle.scoring_hash,
        "poster": "poster-tiny-1",
        "poster_scoring_sha256": "b" * 64,
    }
    bundle = save_bundle(
        folder / "both-tiny-1", manifest("both", preprocessing=parts), {"model.onnx": fusion_network()}
    )
    return FusionPipeline(bundle, plot, FakePosterPipeline())  # type: ignore[arg-type]


def test_fusion_joins_what_both_parts_say(tmp_path: Path) -> None:
    scores = make_fusion(tmp_path).predict([("joke", np.zeros((4, 4, 3), np.uint8))])[0]
    assert scores.decided == ("Horror", "Comedy")


def test_fusion_over_other_versions_is_refused(tmp_path: Path) -> None:
    fusion = make_fusion(tmp_path)
    other = PlotPipeline(make_plot_bundle(tmp_path, "plot-tiny-2"))
    with pytest.raises(ArtifactError, match="needs the plot version 'plot-tiny-1', not 'plot-tiny-2'"):
        FusionPipeline(fusion.bundle, other, fusion.poster)


def test_fusion_over_another_network_of_the_same_name_is_refused(tmp_path: Path) -> None:
    fusion = make_fusion(tmp_path)
    namesake = PlotPipeline(make_plot_bundle(tmp_path / "elsewhere", max_tokens=3))
    with pytest.raises(ArtifactError, match="fit the fusion again"):
        FusionPipeline(fusion.bundle, namesake, fusion.poster)


def test_new_figures_in_a_part_do_not_part_it_from_its_fusion(tmp_path: Path) -> None:
    fusion = make_fusion(tmp_path)
    store_metrics(tmp_path / "plot-tiny-1", "test", {"films": 3})
    again = load_pipeline(tmp_path / "plot-tiny-1")
    assert isinstance(again, PlotPipeline)
    FusionPipeline(fusion.bundle, again, fusion.poster)


def test_serving_imports_nothing_heavy() -> None:
    code = (
        "import sys, predictor.ml.pipeline as p, predictor.ml.text as t; t.tokenize('a b');"
        "heavy = ('tensorflow', 'keras', 'pandas', 'sklearn', 'scipy', 'django', 'onnx');"
        "print([m for m in heavy if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_long_plots_are_read_few_at_a_time_and_answered_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = load_pipeline(ROOT / "predictor" / "pretrained" / "plot-encoder-6")
    assert isinstance(pipeline, PlotPipeline)
    plots = [f"A ghost walks through house number {number}. " * (1 + 12 * (number % 3)) for number in range(9)]
    alone = np.concatenate([pipeline.logits([plot]) for plot in plots])
    read: list[int] = []
    run = pipeline._network.run

    def count(inputs: dict[str, np.ndarray]) -> np.ndarray:
        read.append(inputs["tokens"].size)
        return run(inputs)

    monkeypatch.setattr(pipeline._network, "run", count)
    np.testing.assert_allclose(pipeline.logits(plots), alone, atol=1e-3)
    assert len(read) > 2
    # A guess from the characters may be short by a few word pieces.
    assert max(read) <= 1.5 * TOKENS_AT_ONCE
