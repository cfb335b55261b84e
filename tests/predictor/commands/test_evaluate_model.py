from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.predictor.ml.bundles import make_plot_bundle
from tests.predictor.ml.training.data_folder import write_plots


def test_table_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_plots(tmp_path, train=3, held_out=30)
    folder = make_plot_bundle(tmp_path).folder
    call_command("evaluate_model", "--version", str(folder), "--data", str(tmp_path), "--split", "validation")
    out = capsys.readouterr().out
    assert out.startswith("plot-tiny-1 on validation, 30 films")
    assert "two experts" in out and "ROC-AUC" in out


def test_folder_that_is_no_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no readable manifest"):
        call_command("evaluate_model", "--version", str(tmp_path), "--data", str(tmp_path))
