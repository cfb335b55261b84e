import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from predictor.services.training import TrainingOrder


def test_options_become_one_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    orders: list[TrainingOrder] = []

    def train(*, order: TrainingOrder) -> Path:
        orders.append(order)
        return Path("models/plot-lstm-glove-1")

    monkeypatch.setattr("predictor.management.commands.train_model.train_from_folder", train)
    monkeypatch.setattr(sys, "argv", ["manage.py", "train_model", "--data", str(tmp_path / "films")])
    words = ["--kind", "plot", "--data", str(tmp_path), "--glove", "glove.txt", "--seed", "3", "--set", '{"units": 9}']
    call_command("train_model", *words)
    (order,) = orders
    assert (order.kind, order.data, order.glove, order.seed) == ("plot", tmp_path, Path("glove.txt"), 3)
    assert order.overrides == {"units": 9}
    assert order.command == "manage.py train_model --data films"
    assert capsys.readouterr().out == "models/plot-lstm-glove-1\n"


def test_refusal_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"must hold plots\.csv\.gz"):
        call_command("train_model", "--kind", "plot", "--data", str(tmp_path))
