"""The docs keep up with the code: settings, commands, links, and nothing that does not belong there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMES = [str(path.relative_to(ROOT)) for path in DOCS]


@pytest.mark.parametrize("path", DOCS, ids=NAMES)
def test_links_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text())
    lost = [target for target in targets if "://" not in target and not (path.parent / target).exists()]
    assert not lost


@pytest.mark.parametrize("path", DOCS, ids=NAMES)
def test_make_targets_named_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", path.read_text()))
    named |= set(re.findall(r"^\$ make ([a-z-]+)", path.read_text(), re.MULTILINE))
    assert named <= targets


@pytest.mark.parametrize("path", DOCS, ids=NAMES)
def test_management_commands_named_exist(path: Path) -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", path.read_text()))
    django_own = {"migrate", "createsuperuser", "check", "collectstatic", "runserver", "shell", "spectacular"}
    ours = {command.stem for command in ROOT.glob("*/management/commands/[a-z]*.py")}
    assert named <= ours | django_own


def test_every_variable_of_the_environment_is_documented() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "genresite/settings.py").read_text()))
    read |= set(re.findall(r'environ\.get\("([A-Z_]+)"', (ROOT / "genresite/gunicorn.py").read_text()))
    operations = (ROOT / "docs/operations.md").read_text()
    assert len(read) > 15
    assert {name for name in read if f"`{name}`" not in operations} == set()


def test_every_shipped_bundle_has_its_card_and_its_place_in_the_docs() -> None:
    models = (ROOT / "docs/models.md").read_text()
    folders = [path.parent for path in (ROOT / "predictor/pretrained").glob("*/manifest.json")]
    assert folders
    for folder in folders:
        assert (folder / "MODEL_CARD.md").exists()
        assert folder.name in models
        assert sum(file.stat().st_size for file in folder.iterdir()) < 30_000_000
