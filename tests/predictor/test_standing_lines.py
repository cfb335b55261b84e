"""A standing in sentences."""

import pytest
from django.utils.translation import override

from predictor.ml.heat_maps import Box, Spot
from predictor.services.standings import Reading, Rival, Standing
from predictor.standing_lines import StandingLines, tell_spot_against


def plain(text: str) -> str:
    """With usual spaces before the signs."""
    return text.replace("\N{NO-BREAK SPACE}%", " %")


def read(kind: str, probability: float, threshold: float | None = 0.22) -> Reading:
    return Reading(kind, None, probability, threshold, threshold is not None and probability >= threshold)


def tell(whole: Reading, *parts: Reading, rival: Rival | None = None) -> StandingLines:
    return StandingLines(Standing("Horror", whole, list(parts), rival))


def test_a_genre_that_falls_short_says_by_how_much():
    lines = tell(read("plot", 0.12))
    assert plain(lines.headline) == "Horror is not named: 12 % against a threshold of 22 %."
    # odds 0.22 / 0.78 over odds 0.12 / 0.88
    assert lines.distance == "It is 10 percentage points short; its odds would have to be 2.1 times as high."


@pytest.mark.parametrize(
    ("probability", "headline", "distance"),
    [
        (0.61, "Horror is named: 61 % against a threshold of 22 %.", "It is 39 percentage points over."),
        (0.22, "Horror is named: 22 % against a threshold of 22 %.", "That is just over it."),
        (0.23, "Horror is named: 23 % against a threshold of 22 %.", "It is 1 percentage point over."),
        (0.219, "Horror is not named: 22 % against a threshold of 22 %.", "That is just short of it."),
        (0.0, "Horror is not named: <1 % against a threshold of 22 %.",
         "It is 22 percentage points short; its odds would have to be 99 times as high."),
    ],
)  # fmt: skip
def test_headline_and_distance_agree(probability, headline, distance):
    lines = tell(read("plot", probability))
    assert (plain(lines.headline), lines.distance) == (headline, distance)


def test_a_model_without_thresholds_says_so():
    lines = tell(read("plot", 0.12, None))
    assert plain(lines.headline) == "Horror is not named: 12 %."
    assert lines.distance == "This model names the likeliest genre alone."


@pytest.mark.parametrize(
    ("plot", "poster", "said"),
    [
        (0.45, 0.12, "By itself the plot reads as Horror (45 % against a threshold of 22 %), "
                     "the poster does not (12 % against a threshold of 22 %)."),
        (0.12, 0.45, "By itself the poster reads as Horror (45 % against a threshold of 22 %), "
                     "the plot does not (12 % against a threshold of 22 %)."),
        (0.45, 0.45, "By itself the plot reads as Horror (45 % against a threshold of 22 %), "
                     "and so does the poster (45 % against a threshold of 22 %)."),
        (0.12, 0.12, "By itself neither the plot (12 % against a threshold of 22 %) "
                     "nor the poster (12 % against a threshold of 22 %) reads as Horror."),
    ],
)  # fmt: skip
def test_plot_and_poster_are_set_against_each_other(plot, poster, said):
    assert plain(tell(read("both", 0.3), read("plot", plot), read("poster", poster)).sides) == said


def test_one_side_alone_is_not_compared():
    assert tell(read("plot", 0.3), read("plot", 0.3)).sides == ""


def test_the_competitor_is_named():
    lines = tell(read("plot", 0.12), rival=Rival("Comedy", 0.61))
    assert plain(lines.competition) == "Of the other genres named, Comedy is the likeliest (61 %)."
    assert tell(read("plot", 0.12)).competition == "No other genre is named."


def test_the_place_that_speaks_against_a_genre_is_told():
    spot = Spot(Box(0, 0, 8, 8), -0.6931, 2, 0)
    assert tell_spot_against(spot, "Horror") == (
        "What speaks most against Horror is at the bottom left: with it covered the odds are 2.0 times as high."
    )


def test_a_poster_that_speaks_against_nothing_says_so():
    assert tell_spot_against(None, "Horror") == "No part of it speaks against Horror noticeably."


def test_no_line_ends_between_a_number_and_its_sign():
    assert "12\N{NO-BREAK SPACE}%" in tell(read("plot", 0.12)).headline


def test_the_sentences_are_told_in_german():
    with override("de"):
        assert "Schwelle von 22 %" in plain(tell(read("plot", 0.12)).headline)
