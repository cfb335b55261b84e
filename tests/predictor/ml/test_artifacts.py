import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from predictor.ml.artifacts import load_bundle, read_manifest, save_bundle, store_metrics, store_training_time
from predictor.ml.calibration import SoftmaxCalibration
from predictor.ml.errors import ArtifactError

from .bundles import manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_bundle(tmp_path / "plot-tiny-1", manifest("plot"), {"model.onnx": b"network", "words.txt": b"a\n"})
    return tmp_path / "plot-tiny-1"


def rewrite(folder: Path, **parts: Any) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **parts}))


def test_loaded_bundle_is_the_saved_one(folder: Path) -> None:
    bundle = load_bundle(folder)
    assert (bundle.kind, bundle.name, bundle.genres) == ("plot", "plot-tiny-1", ("Comedy", "Horror", "War"))
    assert bundle.path("model.onnx").read_bytes() == b"network"
    assert bundle.thresholds.dtype == np.float32
    assert bundle.manifest["files"]["model.onnx"]["size_bytes"] == 7
    assert (folder / "MODEL_CARD.md").read_text().startswith("# plot-tiny-1")


def test_manifest_is_readable_and_sorted(folder: Path) -> None:
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    content = json.loads(text)
    assert list(content) == sorted(content)
    assert content["format"] == 1
    assert '\n  "calibration"' in text


@pytest.mark.parametrize("content", [b"networK", b"netw", b"network and more", b""])
def test_changed_file_is_refused_and_left_where_it_is(folder: Path, content: bytes) -> None:
    (folder / "model.onnx").write_bytes(content)
    with pytest.raises(ArtifactError, match="SHA-256"):
        load_bundle(folder)
    assert (folder / "model.onnx").read_bytes() == content


def test_missing_file_is_refused(folder: Path) -> None:
    (folder / "words.txt").unlink()
    with pytest.raises(ArtifactError, match=r"lacks its file words\.txt"):
        load_bundle(folder)


def test_other_format_is_refused(folder: Path) -> None:
    rewrite(folder, format=2)
    with pytest.raises(ArtifactError, match="format 1, not 2"):
        load_bundle(folder)


def test_manifest_that_is_no_json_is_refused(folder: Path) -> None:
    (folder / "manifest.json").write_text("{")
    with pytest.raises(ArtifactError, match="JSON"):
        read_manifest(folder)


def test_folder_without_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="no readable manifest"):
        load_bundle(tmp_path)


def test_missing_part_is_named(folder: Path) -> None:
    content = json.loads((folder / "manifest.json").read_text())
    del content["decision"]
    (folder / "manifest.json").write_text(json.dumps(content))
    with pytest.raises(ArtifactError, match="lacks decision"):
        read_manifest(folder)


def test_lists_of_other_length_than_the_genres_are_refused(folder: Path) -> None:
    rewrite(folder, genres=["Comedy"])
    with pytest.raises(ArtifactError, match="has 1 genres"):
        read_manifest(folder)


def test_unknown_kind_is_refused(folder: Path) -> None:
    rewrite(folder, kind="song")
    with pytest.raises(ArtifactError, match="'song'"):
        read_manifest(folder)


def test_file_outside_the_folder_is_refused(folder: Path) -> None:
    rewrite(folder, files={"../secret": {"sha256": "0"}})
    with pytest.raises(ArtifactError, match="in the bundle itself"):
        load_bundle(folder)


def test_version_is_written_once(folder: Path) -> None:
    with pytest.raises(ArtifactError, match="exists already"):
        save_bundle(folder, manifest("plot"), {})


def test_refused_manifest_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError):
        save_bundle(tmp_path / "models" / "bad", manifest("song"), {"model.onnx": b""})
    assert list((tmp_path / "models").iterdir()) == []


def test_name_that_the_manifest_does_not_list_is_refused(folder: Path) -> None:
    with pytest.raises(ArtifactError, match="no file 'other'"):
        load_bundle(folder).path("other")


def test_stored_metrics_reach_manifest_and_card(folder: Path) -> None:
    store_metrics(folder, "test", {"f1": {"micro": 0.61234}, "per_genre": {}})
    assert load_bundle(folder).manifest["metrics"]["test"]["f1"]["micro"] == 0.61234
    assert "0.6123" in (folder / "MODEL_CARD.md").read_text()


def test_training_time_reaches_the_manifest_beside_what_stood_there(folder: Path) -> None:
    before = read_manifest(folder)["training"]
    store_training_time(folder, 61.26)
    assert load_bundle(folder).manifest["training"] == {**before, "seconds": 61.3}


@pytest.mark.parametrize(("output", "single"), [("softmax", True), ("sigmoid", False), (None, False)])
def test_output_says_whether_one_genre_is_decided(tmp_path: Path, output: str | None, single: bool) -> None:
    parts = {"output": output} if output else {}
    bundle = save_bundle(tmp_path / "plot-tiny-1", manifest("plot", **parts), {})
    assert bundle.single_label is single
    assert isinstance(bundle.calibration, SoftmaxCalibration) is single


def test_unknown_output_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="sigmoid or softmax, not 'magic'"):
        save_bundle(tmp_path / "plot-tiny-1", manifest("plot", output="magic"), {})
