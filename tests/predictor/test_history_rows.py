"""The rules for lines of an exported history, whatever comes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from movies.rows import RowError
from predictor.history_rows import HistoryRow, parse_history
from tests.predictor.fakes import SCARY

GOOD = {
    "id": 1,
    "created_at": "2026-11-21T12:00:00.000001+00:00",
    "owner": "ann",
    "origin": "web",
    "made_from": "plot",
    "title": "The House",
    "movie": None,
    "plot": SCARY,
    "genres": ["Horror"],
    "corrections": [],
    "film": None,
    "poster_sha256": "",
    "poster_width": None,
    "poster_height": None,
    "unsure": False,
    "scores": {"Horror": 0.9, "Comedy": 0.1},
    "duration_ms": 1.5,
    "models": {"plot": "plot-fake-1"},
    "parts": [],
}
WORD = {
    "author": "ann",
    "genres": ["Western"],
    "authors_genres": [],
    "state": "proposed",
    "note": "",
    "created_at": "2026-11-21T12:00:01+00:00",
    "updated_at": "2026-11-21T12:00:02+00:00",
    "settled_by": None,
    "settled_at": None,
}


def parse(**changed) -> HistoryRow | RowError:
    return parse_history({**GOOD, **changed}, file="history.jsonl", line=7)


def test_a_line_of_an_export_is_a_row():
    row = parse(corrections=[WORD])
    assert isinstance(row, HistoryRow)
    assert (row.owner, row.genres, row.scores["Horror"], row.duration_ms) == ("ann", ("Horror",), 0.9, 1.5)
    assert [(part.model, part.genres) for part in row.parts] == [("plot-fake-1", ("Horror",))]
    assert [(word.author, word.genres, word.settled_at) for word in row.words] == [("ann", ("Western",), None)]


def test_a_correction_names_the_prediction_that_it_is_about():
    row = parse(predicted=["Horror"], predicted_at=GOOD["created_at"], **WORD)
    assert isinstance(row, HistoryRow)
    assert row.key == parse().key and row.genres == ("Horror",) and row.words[0].genres == ("Western",)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"created_at": "yesterday"}, "created_at_invalid"),
        ({"created_at": "2026-11-21T12:00:00"}, "created_at_invalid"),
        ({"created_at": "0001-01-01T00:00:00+00:00"}, "created_at_invalid"),
        ({"created_at": "2026-13-45T12:00:00+00:00"}, "created_at_invalid"),
        ({"made_from": "sound"}, "made_from_invalid"),
        ({"made_from": ["plot"]}, "made_from_invalid"),
        ({"origin": "mail"}, "origin_invalid"),
        ({"plot": ""}, "plot_missing"),
        ({"plot": "short"}, "plot_too_short"),
        ({"plot": 7}, "plot_invalid"),
        ({"made_from": "both"}, "poster_missing"),
        ({"poster_sha256": "abc"}, "poster_sha256_invalid"),
        ({"title": "x" * 301}, "title_too_long"),
        ({"title": "a\x00b"}, "title_invalid_characters"),
        ({"unsure": "perhaps"}, "unsure_invalid"),
        ({"scores": {}}, "scores_invalid"),
        ({"scores": {"Horror": 1.2}}, "scores_invalid"),
        ({"scores": {"Horror": float("nan")}}, "scores_invalid"),
        ({"scores": {"Horror": True}}, "scores_invalid"),
        ({"genres": ["Western"]}, "genres_without_score"),
        ({"genres": [3]}, "genres_invalid"),
        ({"poster_width": -1}, "poster_width_invalid"),
        ({"duration_ms": -1}, "duration_ms_invalid"),
        ({"parts": [{"kind": "plot"}]}, "model_missing"),
        ({"parts": [{"kind": "plot", "model": "m"}]}, "scores_invalid"),
        ({"parts": [5]}, "parts_invalid"),
        ({"models": {"sound": "x"}}, "models_invalid"),
        ({"corrections": {}}, None),
        ({"corrections": "much"}, "corrections_invalid"),
        ({"corrections": [{**WORD, "genres": []}]}, "genres_missing"),
        ({"corrections": [{**WORD, "state": "perhaps"}]}, "state_invalid"),
        ({"corrections": [{**WORD, "note": "x" * 501}]}, "note_too_long"),
        ({"corrections": [{**WORD, "created_at": None}]}, "created_at_invalid"),
        ({"film": "Alien"}, "film_invalid"),
    ],
)
def test_what_breaks_a_rule_is_named_with_its_line(changed, code):
    row = parse(**changed)
    if code is None:
        assert isinstance(row, HistoryRow)
    else:
        assert isinstance(row, RowError) and (row.code, row.line) == (code, 7), row


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*GOOD, *WORD, "predicted", "predicted_at"]), JSON, max_size=6))
def test_rubbish_is_an_error_and_never_a_crash(values):
    told = parse_history({**GOOD, **values}, file="a", line=1)
    assert isinstance(told, HistoryRow | RowError)


@given(st.sampled_from(list(WORD)), JSON)
def test_rubbish_in_a_correction_is_an_error_and_never_a_crash(name, value):
    told = parse(corrections=[{**WORD, name: value}])
    assert isinstance(told, RowError) or json.dumps(told.words[0].note) is not None
