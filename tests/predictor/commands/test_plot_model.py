"""Drawing the pictures of a version."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.predictor.ml.bundles import make_plot_bundle
from tests.predictor.ml.training.data_folder import write_plots


def test_pictures_are_drawn_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_plots(tmp_path, train=3, held_out=30)
    folder = make_plot_bundle(tmp_path).folder
    options = ["--data", str(tmp_path), "--output", str(tmp_path / "images"), "--work", str(tmp_path / "none")]
    call_command("plot_model", "--version", str(folder), *options)
    written = [Path(line) for line in capsys.readouterr().out.split()]
    assert [path.name for path in written] == ["plot-tiny-1-precision-recall.svg", "plot-tiny-1-reliability.svg"]
    assert all(path.stat().st_size for path in written)


def test_a_folder_without_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"manifest\.json"):
        call_command("plot_model", "--version", str(tmp_path), "--data", str(tmp_path), "--output", str(tmp_path))
