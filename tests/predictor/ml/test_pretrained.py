"""The shipped bundles verify, belong together, and answer."""

from pathlib import Path

import numpy as np
import pytest

import predictor
from predictor.ml.artifacts import load_bundle
from predictor.ml.labels import GENRES, IMDB27
from predictor.ml.pipeline import FusionPipeline, PosterPipeline, load_pipeline

PRETRAINED = Path(predictor.__file__).parent / "pretrained"
LARGEST_BYTES = 30_000_000


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in PRETRAINED.glob("*/manifest.json")), ids=lambda f: f.name
)
def test_shipped_bundle_is_whole_measured_and_small(folder: Path) -> None:
    bundle = load_bundle(folder)
    # A single-label version answers in the names of its own set, by its name only.
    assert bundle.genres == (tuple(name.lower() for name in IMDB27) if bundle.single_label else GENRES)
    assert {"validation", "test"} <= set(bundle.manifest["metrics"])
    assert sum(entry["size_bytes"] for entry in bundle.manifest["files"].values()) < LARGEST_BYTES


def test_shipped_fusion_scores_a_pair_as_its_parts_do_together() -> None:
    pipeline = load_pipeline(PRETRAINED / "both-late-8")
    assert isinstance(pipeline, FusionPipeline)
    plot = "A sheriff and his deputy ride across the desert after a gang of train robbers, and a duel decides it."
    poster = np.full((300, 200, 3), (180, 120, 60), np.uint8)
    (scores,) = pipeline.predict([(plot, poster)])
    assert scores.genres == GENRES
    assert scores.probabilities.shape == (len(GENRES),)
    assert {"Western", "Action"} & set(scores.decided)
    apart = pipeline.fuse(pipeline.plot.with_custom("imdb").logits([plot]), pipeline.poster.logits([poster]))
    np.testing.assert_allclose(pipeline.logits([(plot, poster)]), apart, atol=1e-5)


def test_shipped_poster_network_tells_where_a_genre_comes_from() -> None:
    (folder,) = (path.parent for path in PRETRAINED.glob("poster-*/manifest.json"))
    pipeline = load_pipeline(folder)
    assert isinstance(pipeline, PosterPipeline)
    halves = np.full((320, 224, 3), 127, np.uint8)
    halves[:160] = np.random.default_rng(1).integers(0, 256, (160, 224, 3), dtype=np.uint8)
    grey, cells = (pipeline.activation([picture]) for picture in (np.full_like(halves, 127), halves))
    assert grey is not None and cells is not None
    assert grey.shape == cells.shape == (1, 10, 7, len(GENRES))
    # A poster that is grey all over, as what is covered is, has nothing that speaks for a genre or against it.
    np.testing.assert_allclose(grey, 0.0, atol=1e-4)
    upper, lower = np.abs(cells[0, :4]).mean(), np.abs(cells[0, 6:]).mean()
    assert upper > 2 * lower
