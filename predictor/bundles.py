"""Model bundles on disk: where they lie, what their manifests say, and whether their files are what they should be."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from predictor.ml.artifacts import MANIFEST, load_bundle, read_manifest
from predictor.ml.errors import ArtifactError

Signature = tuple[tuple[str, int, int], ...]

# Hashing 60 MB takes a noticeable part of a second; files whose size and time stand still are hashed once per process.
_verdicts: dict[tuple[Path, Signature], str | None] = {}


@dataclass(frozen=True)
class BundleFacts:
    """What the site keeps of a manifest."""

    name: str
    kind: str
    recipe: str
    created: str
    genres: tuple[str, ...]
    metrics: Mapping[str, Any]
    training_fingerprint: str
    manifest_sha256: str


def list_shipped_folders() -> list[Path]:
    """The folders of the bundles that come with the site, in the order of their names."""
    return _list_folders(settings.PRETRAINED_DIR)


def list_trained_folders() -> list[Path]:
    """The folders of the bundles that were trained on this site, in the order of their names."""
    return _list_folders(settings.MODELS_DIR)


def _list_folders(root: Path) -> list[Path]:
    return sorted(path.parent for path in Path(root).glob(f"*/{MANIFEST}") if not path.parent.name.startswith("."))


def find_folder(name: str) -> Path | None:
    """The folder of a bundle, or None if there is none: shipped bundles first, then those trained here."""
    for root in (settings.PRETRAINED_DIR, settings.MODELS_DIR):
        folder = Path(root) / name
        if folder.parent == Path(root) and folder.is_dir():
            return folder
    return None


def is_shipped(name: str) -> bool:
    """Whether a bundle of this name comes with the site."""
    return (Path(settings.PRETRAINED_DIR) / name).is_dir()


def read_facts(folder: Path) -> BundleFacts:
    """What a bundle's manifest says; the other files are not looked at.

    Raises:
        ArtifactError: The manifest is missing or unusable.
    """
    manifest = read_manifest(folder)
    return BundleFacts(
        name=folder.name,
        kind=str(manifest["kind"]),
        recipe=str(manifest["recipe"]),
        created=str(manifest.get("created", "")),
        genres=tuple(manifest["genres"]),
        metrics=manifest.get("metrics", {}),
        training_fingerprint=str(manifest.get("training", {}).get("fingerprint", "")),
        manifest_sha256=hash_manifest(folder),
    )


def hash_manifest(folder: Path) -> str:
    """SHA-256 of a bundle's manifest in hexadecimal digits."""
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def find_problem(folder: Path, *, manifest_sha256: str | None = None) -> str | None:
    """What is wrong with a bundle, in a sentence, or None. Nothing is changed or deleted.

    Args:
        folder: The bundle's folder.
        manifest_sha256: The hash that the manifest must have, if the bundle is registered.
    """
    signature = tuple(sorted((p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in folder.glob("*") if p.is_file()))
    if (folder, signature) not in _verdicts:
        _verdicts[folder, signature] = _verify(folder)
    problem = _verdicts[folder, signature]
    if problem is None and manifest_sha256 is not None and hash_manifest(folder) != manifest_sha256:
        return f"The manifest of bundle {folder.name} is not the one that was registered: it was changed since."
    return problem


def _verify(folder: Path) -> str | None:
    try:
        load_bundle(folder)
    except ArtifactError as exc:
        return str(exc)
    return None
