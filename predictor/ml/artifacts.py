"""Model bundles: a folder with a manifest that names and hashes every file of the model."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from predictor.ml.calibration import PlattCalibration, SoftmaxCalibration
from predictor.ml.errors import ArtifactError
from predictor.ml.labels import Float32Array
from predictor.ml.model_card import render_model_card

FORMAT: Final = 1
KINDS: Final = ("plot", "poster", "both")
OUTPUTS: Final = ("sigmoid", "softmax")
MANIFEST: Final = "manifest.json"
MODEL_CARD: Final = "MODEL_CARD.md"
_REQUIRED: Final = ("kind", "name", "recipe", "genres", "preprocessing", "calibration", "decision", "files")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A verified bundle: its files are those that the manifest hashes.

    Attributes:
        folder: where it lies.
        manifest: the parsed manifest.
    """

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """``plot``, ``poster`` or ``both``."""
        return str(self.manifest["kind"])

    @property
    def name(self) -> str:
        """The version's name, for instance ``plot-lstm-glove-1``."""
        return str(self.manifest["name"])

    @property
    def genres(self) -> tuple[str, ...]:
        """The genre of each output column."""
        return tuple(self.manifest["genres"])

    @property
    def preprocessing(self) -> Mapping[str, Any]:
        """What turns raw input into model input."""
        return dict(self.manifest["preprocessing"])

    @property
    def single_label(self) -> bool:
        """Whether exactly one genre is decided: the manifest's ``output`` is ``softmax``, not ``sigmoid``."""
        return bool(self.manifest.get("output") == "softmax")

    @property
    def calibration(self) -> PlattCalibration:
        """Scale and offset per genre, over a softmax for a single-label bundle."""
        values = self.manifest["calibration"]
        kind = SoftmaxCalibration if self.single_label else PlattCalibration
        return kind(np.asarray(values["scale"], np.float32), np.asarray(values["offset"], np.float32))

    @property
    def thresholds(self) -> Float32Array:
        """float32 (G,), in [0, 1]."""
        return np.asarray(self.manifest["decision"]["thresholds"], dtype=np.float32)

    @property
    def flat_below(self) -> float:
        """Scores of a smaller spread than this are unsure."""
        return float(self.manifest["decision"]["flat_below"])

    @property
    def scoring_hash(self) -> str:
        """SHA-256 of all that its logits depend on: genres, preprocessing, files; new figures leave it as it is."""
        parts = {name: self.manifest[name] for name in ("name", "genres", "preprocessing", "files")}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def path(self, name: str) -> Path:
        """Path of one of the bundle's files.

        Raises:
            ArtifactError: the manifest names no such file.
        """
        if name not in self.manifest["files"]:
            raise ArtifactError(
                f"Bundle {self.name} has no file {name!r}: it must be one of {sorted(self.manifest['files'])}."
            )
        return self.folder / name


def hash_file(path: Path) -> str:
    """SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_manifest(folder: Path) -> dict[str, Any]:
    """Reads and checks the manifest of a bundle without touching its other files.

    Args:
        folder: the bundle's folder.

    Returns:
        The parsed manifest.

    Raises:
        ArtifactError: there is none, it is no JSON object of this format, or a required part is missing or
            contradicts another.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise ArtifactError(f"Bundle {folder.name} has no readable {MANIFEST}: {exc.strerror}.") from exc
    except ValueError as exc:
        raise ArtifactError(f"The manifest of bundle {folder.name} must be UTF-8 JSON: {exc}.") from exc
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, dict) else type(manifest).__name__
        raise ArtifactError(f"Bundle {folder.name} must have format {FORMAT}, not {found!r}.")
    missing = [part for part in _REQUIRED if part not in manifest]
    if missing:
        raise ArtifactError(f"The manifest of bundle {folder.name} lacks {', '.join(missing)}.")
    _check_shapes(folder.name, manifest)
    return manifest


def _check_shapes(name: str, manifest: Mapping[str, Any]) -> None:
    """Refuses a manifest whose kind is unknown or whose per-genre lists differ in length."""
    if manifest["kind"] not in KINDS:
        raise ArtifactError(f"Bundle {name} must be of kind {', '.join(KINDS)}, not {manifest['kind']!r}.")
    if manifest.get("output", "sigmoid") not in OUTPUTS:
        raise ArtifactError(f"Bundle {name} must have the output {' or '.join(OUTPUTS)}, not {manifest['output']!r}.")
    try:
        lengths = {
            "scale": len(manifest["calibration"]["scale"]),
            "offset": len(manifest["calibration"]["offset"]),
            "thresholds": len(manifest["decision"]["thresholds"]),
        }
        float(manifest["decision"]["flat_below"])
    except (KeyError, TypeError, ValueError) as exc:
        raise ArtifactError(f"The manifest of bundle {name} lacks a part of calibration or decision: {exc}.") from exc
    wanted = len(manifest["genres"])
    wrong = {part: length for part, length in lengths.items() if length != wanted}
    if wrong:
        raise ArtifactError(f"Bundle {name} has {wanted} genres, but {wrong} of them in its manifest.")


def load_bundle(folder: Path) -> Bundle:
    """Loads a bundle after verifying the hash of each of its files; never changes or deletes anything.

    Args:
        folder: the bundle's folder.

    Returns:
        The verified bundle.

    Raises:
        ArtifactError: the manifest is unusable, a file is missing, or its size or SHA-256 is another one.
    """
    manifest = read_manifest(folder)
    for name, entry in manifest["files"].items():
        path = folder / name
        if Path(name).name != name:
            raise ArtifactError(f"Bundle {folder.name} names the file {name!r}: it must lie in the bundle itself.")
        if not path.is_file():
            raise ArtifactError(f"Bundle {folder.name} lacks its file {name}.")
        found = hash_file(path)
        if found != entry["sha256"]:
            raise ArtifactError(
                f"File {name} of bundle {folder.name} must have SHA-256 {entry['sha256']}, not {found}: "
                "it was changed or damaged and is not loaded."
            )
    return Bundle(folder, manifest)


def require_new(folder: Path) -> None:
    """Refuses the folder of a bundle that is there.

    Raises:
        ArtifactError: something is there.
    """
    if folder.exists():
        raise ArtifactError(f"Bundle {folder.name} exists already: a version is written once and never replaced.")


def save_bundle(folder: Path, manifest: Mapping[str, Any], files: Mapping[str, Path | bytes]) -> Bundle:
    """Writes a bundle as a whole: beside its place first, then moved there in one step.

    Args:
        folder: where the bundle is to lie; its last part becomes the name. Must not exist.
        manifest: everything but ``format``, ``name`` and ``files``, which are filled in.
        files: content or path of each file, by name.

    Returns:
        The bundle as loaded back and verified.

    Raises:
        ArtifactError: the folder exists, or the manifest is refused.
    """
    require_new(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as place:
        draft = Path(place) / folder.name
        draft.mkdir()
        for name, content in files.items():
            _write(draft / name, content)
        whole = {**manifest, "format": FORMAT, "name": folder.name, "files": _describe(draft, files)}
        _write_manifest(draft, whole)
        load_bundle(draft)
        draft.rename(folder)
    return load_bundle(folder)


def store_metrics(folder: Path, split: str, metrics: Mapping[str, Any]) -> None:
    """Writes measured figures of a split into a bundle's manifest and renews its model card.

    Raises:
        ArtifactError: the manifest is unusable.
    """
    manifest = read_manifest(folder)
    manifest["metrics"] = {**manifest.get("metrics", {}), split: dict(metrics)}
    _write_manifest(folder, manifest)


def store_training_time(folder: Path, seconds: float) -> None:
    """Writes into a fresh bundle's manifest how long the command took that finished its training, in seconds.

    Raises:
        ArtifactError: the manifest is unusable.
    """
    manifest = read_manifest(folder)
    manifest["training"] = {**manifest.get("training", {}), "seconds": round(seconds, 1)}
    _write_manifest(folder, manifest)


def _write(path: Path, content: Path | bytes) -> None:
    """Copies a file or writes bytes to ``path``."""
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        shutil.copyfile(content, path)


def _describe(folder: Path, names: Mapping[str, Path | bytes]) -> dict[str, dict[str, Any]]:
    """Hash and size of each named file of a folder."""
    return {name: {"sha256": hash_file(folder / name), "size_bytes": (folder / name).stat().st_size} for name in names}


def _write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Writes the manifest and the model card made from it, the manifest in one step."""
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    draft = folder / f"{MANIFEST}.part"
    draft.write_text(text, encoding="utf-8")
    draft.replace(folder / MANIFEST)
    (folder / MODEL_CARD).write_text(render_model_card(manifest), encoding="utf-8")
