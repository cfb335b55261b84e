"""Scores as people read them."""

import pytest

from predictor.selectors.scores import ScoreSheet, Voice, tell_outcome
from tests.predictor.fakes import make_version

TENTHS = [
    [100, 0.05, 0.01],
    *[[0, 0.0, 0.0]] * 3,
    [40, 0.45, 0.5],
    *[[0, 0.0, 0.0]] * 2,
    [19, 0.75, 0.7],
    [0, 0, 0],
    [50, 0.97, 0.98],
]
MEASURED = {"reliability": {"per_genre": {"Comedy": TENTHS}}}


@pytest.mark.parametrize(
    ("genre", "probability", "words"),
    [
        ("Comedy", 0.44, "About 5 of 10 films scored like this are Comedy (40 films tested)."),
        ("Comedy", 0.02, "Fewer than 1 of 20 films scored like this are Comedy (100 films tested)."),
        ("Comedy", 0.99, "Nearly all films scored like this are Comedy (50 films tested)."),
        ("Comedy", 0.72, ""),
        ("Comedy", 0.15, ""),
        ("Horror", 0.44, ""),
    ],
)
def test_outcome_is_told_only_where_enough_films_were_measured(genre, probability, words):
    assert tell_outcome(MEASURED, genre, probability) == words


def test_version_without_the_table_tells_nothing():
    assert tell_outcome({}, "Comedy", 0.4) == ""


def sheet(plot: dict, poster: dict, both: dict | None) -> ScoreSheet:
    voices = [
        Voice(kind, make_version(kind), scores, [], False) for kind, scores in (("plot", plot), ("poster", poster))
    ]
    if both is not None:
        voices.append(Voice("both", make_version("both"), both, [], False))
    return ScoreSheet.build(kind="both", scores=both or plot, decided=[], voices=voices)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("poster", "both", "words"),
    [
        ({"Comedy": 0.6, "Horror": 0.1}, {"Comedy": 0.7, "Horror": 0.1}, "agree: both are taken for Comedy"),
        ({"Comedy": 0.1, "Horror": 0.9}, {"Comedy": 0.7, "Horror": 0.1}, "looks like Horror (90 %). Together the plot"),
        ({"Comedy": 0.1, "Horror": 0.9}, {"Comedy": 0.2, "Horror": 0.8}, "Together the poster weighs more."),
        ({"Comedy": 0.1, "Horror": 0.9}, {"Comedy": 0.1, "Western": 0.8}, "Together Western comes first (80 %)."),
    ],
)
def test_disagreement_is_one_plain_sentence(poster, both, words):
    assert words in sheet({"Comedy": 0.8, "Horror": 0.1}, poster, both).verdict


@pytest.mark.django_db
def test_one_source_has_no_verdict_and_top_and_rest_share_the_rows():
    scores = {name: place / 10 for place, name in enumerate("abcde")}
    made = ScoreSheet.build(
        kind="plot", scores=scores, decided=["e"], voices=[Voice("plot", make_version("plot"), scores, ["e"], False)]
    )
    assert made.verdict == ""
    assert [row.name for row in made.top] == ["e", "d", "c"]
    assert [row.name for row in made.rest] == ["b", "a"]


@pytest.mark.django_db
@pytest.mark.parametrize(("both", "averaged"), [(None, True), ({"Comedy": 0.7}, False)])
def test_mean_of_two_is_said_to_be_one(both, averaged):
    assert sheet({"Comedy": 0.8}, {"Comedy": 0.6}, both).averaged is averaged


def test_the_first_decided_genre_is_not_always_the_likeliest():
    made = ScoreSheet.build(kind="plot", scores={"Comedy": 0.4, "Horror": 0.3}, decided=["Horror"], voices=[])
    assert made.rows[0].name == "Comedy" and made.first_decided is not None
    assert made.first_decided.name == "Horror"


def test_nothing_decided_has_no_first():
    made = ScoreSheet.build(kind="plot", scores={"Comedy": 0.4, "Horror": 0.3}, decided=[], voices=[])
    assert made.first_decided is None
