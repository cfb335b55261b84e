"""What the page shows of an explanation."""

from dataclasses import replace

import numpy as np
import pytest

from genresite.errors import InvalidInput
from predictor.explanation_panel import Segment, build_segments, read_explanation_panel
from predictor.ml.heat_maps import Box, HeatMap
from predictor.services.explanations import PosterReason, ReasonSpan
from tests.factories import make_prediction


def test_segments_joined_are_the_plot():
    plot = "A ghost,\nthe gh\u00f6st \U0001f47b & a ghost."
    spans = [
        ReasonSpan(2, 7, "ghost", 1.0, 3),
        ReasonSpan(9, 12, "the", 0.0, 0),
        ReasonSpan(13, 18, "gh\u00f6st", -1.0, 1),
    ]
    segments = build_segments(plot, spans)
    assert "".join(segment.text for segment in segments) == plot
    assert [(piece.text, piece.sign) for piece in segments if piece.level] == [("ghost", "up"), ("gh\u00f6st", "down")]
    assert [piece.text for piece in build_segments("none", [])] == ["none"]


@pytest.mark.parametrize(
    ("weight", "factor"), [(0.6931, "×2.0"), (-0.6931, "÷2.0"), (2.5, "×12"), (50.0, "×99"), (-50.0, "÷99")]
)
def test_weights_are_told_as_odds(weight, factor):
    assert Segment("word", 1, weight).factor == factor


def test_each_word_is_listed_once_by_its_strongest_place(ann, fake_models):
    panel = read_explanation_panel(make_prediction(ann), ["Horror"], "")
    pieces = [Segment("Ghost", 2, 1.0), Segment(" and "), Segment("ghost", 3, 2.0), Segment("dog", 1, -0.5)]
    panel = type(panel)(panel.prediction, panel.links, "Horror", segments=pieces)
    assert [piece.weight for piece in panel.raised] == [2.0] and [piece.text for piece in panel.lowered] == ["dog"]


def test_the_genres_that_are_offered(ann, fake_models):
    made = make_prediction(ann)
    panel = read_explanation_panel(made, ["Horror"], "Comedy")
    assert [(link.name, link.chosen, link.query) for link in panel.links] == [
        ("Horror", False, "?explain=Horror"), ("Comedy", True, "?explain=Comedy"),
    ]  # fmt: skip
    assert panel.genre == "Comedy" and panel.plot is not None and panel.overlay == ""
    with pytest.raises(InvalidInput):
        read_explanation_panel(made, ["Horror"], "Opera")


@pytest.mark.parametrize(("weight", "shown"), [(0.04, False), (0.06, True), (-0.5, False)])
def test_a_heat_map_is_shown_if_covering_it_changes_odds_by_more_than_a_rounding(ann, fake_models, weight, shown):
    panel = read_explanation_panel(make_prediction(ann), ["Horror"], "")
    heat = HeatMap("Horror", np.full((2, 2), weight, np.float32), Box(0, 0, 10, 10), "occlusion")
    panel = replace(panel, genre="Horror", poster=PosterReason(fake_models["poster"], heat))
    assert bool(panel.overlay) is shown


def test_every_genre_that_is_not_offered_already_can_be_aimed_at(ann, fake_models):
    made = make_prediction(ann)
    panel = read_explanation_panel(made, ["Horror"], "Western")
    assert [(choice.name, choice.chosen) for choice in panel.choices] == [("Comedy", False), ("Western", True)]
    assert panel.aimed and panel.standing is not None and panel.standing.standing.genre == "Western"
    panel = read_explanation_panel(made, ["Horror"], "Horror")
    assert [choice.name for choice in panel.choices] == ["Comedy", "Western"] and not panel.aimed


def test_nothing_is_worked_out_unless_asked_for(ann, fake_models, monkeypatch):
    made = make_prediction(ann)
    monkeypatch.setattr("predictor.pipelines.load_version", None)
    panel = read_explanation_panel(made, ["Horror"], "")
    assert (panel.genre, panel.plot, panel.problem, panel.segments) == ("", None, "", [])


def test_models_that_do_not_know_the_genre_are_said_so(ann, fake_models, monkeypatch):
    from predictor import pipelines

    made = make_prediction(ann)
    monkeypatch.setattr(pipelines.load_version(fake_models["plot"]), "genres", ("Comedy",))
    assert "do not know" in read_explanation_panel(made, [], "Horror").problem
