"""One film from the shell."""

import pytest
from django.core.management import CommandError, call_command

from predictor.models import Prediction
from tests.factories import make_poster_bytes
from tests.predictor.fakes import DULL, FUNNY, RED


def test_a_plot_and_a_poster_become_a_table(fake_models, tmp_path, capsys):
    (tmp_path / "p.png").write_bytes(make_poster_bytes(colour=RED))
    call_command("predict", plot=FUNNY, poster=tmp_path / "p.png")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Comedy") and lines[0].endswith("*") and "93.1%" in lines[0]
    assert "plot: plot-fake-1, poster: poster-fake-1" in lines[-1]
    assert not Prediction.objects.exists()


def test_an_unsure_answer_says_so(fake_models, capsys):
    call_command("predict", plot=DULL)
    assert "unsure" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "words"),
    [({}, "Give a plot"), ({"plot": "short"}, "too short"), ({"poster": "nowhere.png"}, "No such file")],
)
def test_bad_input_is_one_sentence(fake_models, options, words):
    from pathlib import Path

    if "poster" in options:
        options = {"poster": Path(options["poster"])}
    with pytest.raises(CommandError, match=words):
        call_command("predict", **options)
