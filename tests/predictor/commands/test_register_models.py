"""The command that registers the shipped bundles."""

import pytest
from django.core.management import CommandError, call_command

from tests.predictor.bundle_maker import make_bundle

pytestmark = pytest.mark.django_db


def test_register_models_says_what_it_did(shipped, trained, capsys):
    make_bundle(shipped)
    call_command("register_models")
    assert capsys.readouterr().out == "Registered: plot-tiny-1\nActive: plot-tiny-1\n"
    call_command("register_models")
    assert "registered already" in capsys.readouterr().out


def test_register_models_fails_in_words_and_keeps_the_others(shipped, trained, capsys):
    (make_bundle(shipped, "plot-a") / "model.onnx").write_bytes(b"x")
    make_bundle(shipped, "plot-b")
    with pytest.raises(CommandError, match=r"Refused plot-a: File model\.onnx"):
        call_command("register_models")
    assert "Active: plot-b" in capsys.readouterr().out
