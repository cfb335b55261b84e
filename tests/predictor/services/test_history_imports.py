"""History and corrections taken out and brought in again."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from genresite.accounts.models import User
from genresite.errors import Conflict, Forbidden, InvalidInput
from movies.importers.files import Source
from movies.models import GenreLabel, Movie
from predictor.history_files import read_history
from predictor.models import Feedback, HistoryImport, ModelVersion, Prediction, PredictionPart
from predictor.services import history_chunks, history_imports
from predictor.services.exports import order_export, stream_export
from predictor.services.feedback import amend_feedback, settle_feedback
from predictor.services.history_imports import HistorySummary, import_history
from tests.factories import make_feedback, make_movie, make_poster_bytes, make_prediction
from tests.predictor.fakes import DULL, FUNNY, GREEN
from tests.predictor.test_history_rows import GOOD, WORD

FORMS = ("csv", "jsonl")
# Numbers that another database gives anew.
NUMBERS = ("id", "prediction", "movie")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def history(joint_model, ann, ben, rita) -> None:
    """Every kind of prediction and of correction, by several people, with signs that a spreadsheet would run."""
    known = make_movie("Alien", imdb_id="tt0078748", tmdb_id=348)
    nameless = make_movie("Dusk", year=2001)
    poster = make_poster_bytes(colour=GREEN)
    first = make_prediction(ann, title="=1+1", movie=known)
    make_prediction(ann, plot="", poster_bytes=poster, title="'-quoted")
    both = make_prediction(ben, plot=f'{FUNNY}\n"Ho, ho", he says; =SUM(A1) — é 雪.', poster_bytes=poster, origin="api")
    dull = make_prediction(rita, plot=DULL, movie=nameless, origin="job")
    settle_feedback(feedback=make_feedback(first, ann, "Western", note="-no ghosts"), reviewer=rita, accept=True)
    amend_feedback(feedback=make_feedback(both, ben, "Drama", "Comedy"), reviewer=rita, genres=["Comedy"])
    settle_feedback(feedback=make_feedback(dull, ann, "War"), reviewer=rita, accept=False)
    make_feedback(dull, ben, "Sci-Fi", note="@home | away")
    make_feedback(both, rita)


def write(person, subject: str, form: str) -> str:
    return "".join(stream_export(order=order_export(person=person, subject=subject, form=form)))


def rows(person, subject: str = "history") -> list[dict]:
    """What an export says, without the numbers of this database."""
    told = [json.loads(line) for line in write(person, subject, "jsonl").splitlines()]
    return [{name: value for name, value in row.items() if name not in NUMBERS} for row in told]


def in_order(told: list[dict]) -> list[dict]:
    """The same with every prediction's corrections by their moment: they come in at once, under new numbers."""
    return [{**row, "corrections": sorted(row["corrections"], key=lambda word: word["created_at"])} for row in told]


def cells(text: str) -> list[dict[str, str]]:
    """The same of a CSV file."""
    told = csv.DictReader(io.StringIO(text, newline=""))
    return [{name: value for name, value in row.items() if name not in NUMBERS} for row in told]


@pytest.fixture
def bring_in(tmp_path):
    def run(text: str, person=None, **options) -> HistorySummary:
        path = tmp_path / "history.txt"
        path.write_text(text, encoding="utf-8", newline="")
        return import_history(rows=read_history(Source(path)), person=person, file_name="history.txt", **options)

    return run


def counts(summary: HistorySummary) -> tuple[int, int, int, int, int]:
    assert summary.whole, summary.first_errors
    return summary.made, summary.completed, summary.unchanged, summary.corrections, summary.errors


@pytest.mark.parametrize("form", FORMS)
def test_history_that_was_taken_out_comes_in_again_without_loss(history, rita, bring_in, form):
    before, text = rows(rita), write(rita, "history", form)
    Prediction.objects.all().delete()
    assert counts(bring_in(text)) == (4, 0, 0, 5, 0)
    assert rows(rita) == before and cells(write(rita, "history", "csv"))
    assert PredictionPart.objects.count() == 1 + 1 + 3 + 1
    assert counts(bring_in(text)) == (0, 0, 4, 0, 0)
    assert rows(rita) == before, "the same file again changed something"


@pytest.mark.parametrize("form", FORMS)
def test_corrections_that_were_taken_out_come_in_again_without_loss(history, rita, bring_in, form):
    before, text = rows(rita, "corrections"), write(rita, "corrections", form)
    Prediction.objects.all().delete()
    # Three predictions carry the five corrections: the first row of each makes it, the others add to it.
    assert counts(bring_in(text)) == (3, 2, 0, 5, 0)
    assert sorted(rows(rita, "corrections"), key=str) == sorted(before, key=str)
    assert counts(bring_in(text)) == (0, 0, 5, 0, 0)


def test_corrections_come_back_to_the_predictions_that_are_still_there(history, rita, bring_in):
    before, text = rows(rita), write(rita, "corrections", "csv")
    Feedback.objects.all().delete()
    assert counts(bring_in(text)) == (0, 5, 0, 5, 0)
    assert in_order(rows(rita)) == in_order(before)


def test_what_is_here_already_is_left_as_it_is(history, rita, bring_in):
    text = write(rita, "history", "jsonl")
    before = rows(rita)
    assert counts(bring_in(text)) == (0, 0, 4, 0, 0)
    assert rows(rita) == before and not HistoryImport.objects.exists()


def test_people_and_films_that_are_not_here_are_not_invented(history, rita, bring_in):
    text = write(rita, "history", "jsonl")
    Prediction.objects.all().delete()
    Movie.objects.all().delete()
    User.objects.exclude(username="rita").delete()
    people = User.objects.count()
    summary = bring_in(text)
    assert counts(summary) == (4, 0, 0, 5, 0)
    assert (summary.without_person, summary.without_film) == (3 + 4, 2)
    assert User.objects.count() == people and not Movie.objects.exists()
    assert list(Prediction.objects.order_by("pk").values_list("owner__username", flat=True)) == [
        None,
        None,
        None,
        "rita",
    ]
    assert {word["author"] for row in rows(rita) for word in row["corrections"]} == {None, "rita"}
    assert "ann" not in write(rita, "history", "jsonl"), "a name came in without its account"
    # The accounts that were gone do not make the file new.
    assert counts(bring_in(text)) == (0, 0, 4, 0, 0)


def test_a_person_is_found_by_a_confirmed_address(joint_model, ann, bring_in):
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=ann, email="ann@example.org", verified=True)
    line = json.dumps({**GOOD, "owner": "Ann@example.org"})
    assert counts(bring_in(line)) == (1, 0, 0, 0, 0)
    assert Prediction.objects.get().owner == ann
    EmailAddress.objects.update(verified=False)
    other = json.dumps({**GOOD, "owner": "ann@example.org", "created_at": "2026-11-21T13:00:00+00:00"})
    assert bring_in(other).without_person == 1


def test_versions_that_are_not_here_are_told_again(history, rita, bring_in):
    before, text = rows(rita), write(rita, "history", "jsonl")
    Prediction.objects.all().delete()
    ModelVersion.objects.filter(kind="plot").delete()
    assert bring_in(text).without_version == 3
    assert rows(rita) == before, "what an unknown version said was lost"
    assert not PredictionPart.objects.filter(kind="plot").exists()


def test_films_keep_their_genres_and_nobody_is_told(history, rita, bring_in):
    text = write(rita, "history", "jsonl")
    Prediction.objects.all().delete()
    GenreLabel.objects.all().delete()
    bring_in(text)
    assert Feedback.objects.filter(state="accepted").exists() and not GenreLabel.objects.exists()


def test_where_rows_come_from_is_kept(history, rita, sam, bring_in):
    text = write(rita, "history", "csv")
    Prediction.objects.all().delete()
    bring_in(text, person=sam, source="old site")
    (origin,) = HistoryImport.objects.all()
    assert (origin.source, origin.file_name, origin.person) == ("old site", "history.txt", sam)
    assert (origin.predictions.count(), origin.corrections.count()) == (4, 5)


def test_a_dry_run_foretells_and_writes_nothing(history, rita, bring_in, monkeypatch):
    texts = [write(rita, subject, "jsonl") for subject in ("history", "corrections")]
    Prediction.objects.all().delete()
    monkeypatch.setattr(history_imports, "CHUNK_ROWS", 2)
    for text in texts:
        foretold = counts(bring_in(text, dry_run=True))
        assert not Prediction.objects.exists() and not HistoryImport.objects.exists()
        assert counts(bring_in(text)) == foretold
        Prediction.objects.all().delete()
        HistoryImport.objects.all().delete()


def test_only_staff_and_only_a_named_source(joint_model, ann, rita, sam, bring_in):
    for person in (ann, rita):
        with pytest.raises(Forbidden):
            bring_in(json.dumps(GOOD), person=person)
    with pytest.raises(InvalidInput):
        bring_in(json.dumps(GOOD), person=sam, source="person")
    assert not Prediction.objects.exists()


def test_a_wrong_line_is_named_and_holds_nothing_up(joint_model, bring_in):
    unknown = {**GOOD, "corrections": [{**WORD, "genres": ["Nonsense"]}], "created_at": "2026-11-21T14:00:00+00:00"}
    text = "\n".join([json.dumps(GOOD), "{", "[1]", json.dumps({**GOOD, "plot": "short"}), json.dumps(unknown)])
    summary = bring_in(text)
    assert counts(summary) == (1, 0, 0, 0, 4)
    assert sorted((error.line, error.code) for error in summary.first_errors) == [
        (2, "row_not_json"), (3, "row_not_object"), (4, "plot_too_short"), (5, "genre_unknown"),
    ]  # fmt: skip


def test_a_file_of_something_else_is_refused(joint_model, bring_in):
    with pytest.raises(InvalidInput, match="made_from"):
        bring_in("id,plot\n1,two\n")
    summary = bring_in("id,made_from,scores,origin\n1,plot,{,web\n1,plot\n")
    assert [error.code for error in summary.first_errors] == ["cell_unreadable", "cells_miscounted"]


def test_an_import_that_meets_another_looks_again(joint_model, bring_in, monkeypatch):
    plain, calls = history_chunks.Chunk.write, []

    def write_late(self, origin):
        calls.append(1)
        if len(calls) == 1:
            raise IntegrityError("another import was faster")
        plain(self, origin)

    monkeypatch.setattr(history_chunks.Chunk, "write", write_late)
    assert counts(bring_in(json.dumps(GOOD))) == (1, 0, 0, 0, 0)
    monkeypatch.setattr(history_chunks.Chunk, "write", lambda *_: (_ for _ in ()).throw(IntegrityError))
    with pytest.raises(Conflict):
        bring_in(json.dumps({**GOOD, "created_at": "2026-11-21T15:00:00+00:00"}))


def test_the_database_keeps_a_prediction_from_coming_in_twice(joint_model, bring_in):
    bring_in(json.dumps(GOOD))
    row = Prediction.objects.get().brought_in_row
    twin = make_prediction(None)
    with pytest.raises(IntegrityError):
        row.__class__.objects.create(prediction=twin, brought_in=row.brought_in, key=row.key)


def test_more_rows_are_no_more_queries(joint_model, ann, rita, bring_in, django_assert_max_num_queries):
    lines = []
    for number in range(40):
        moment = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number)).isoformat()
        lines.append(json.dumps({**GOOD, "created_at": moment, "corrections": [WORD]}))
    with django_assert_max_num_queries(30):
        assert counts(bring_in("\n".join(lines))) == (40, 0, 0, 40, 0)


LINE = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]), max_size=30)
NAMES = st.sampled_from(["Comedy", "Horror", "Western"])
MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)).map(datetime.isoformat)
SCORES = st.fixed_dictionaries({name: st.integers(0, 10**6).map(lambda n: n / 10**6) for name in ("Comedy", "Horror")})
PLOTS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z", "Cf"]), max_size=60).map(
    lambda text: f"A rider comes home, {text}\n=and =stays."
)
WORDS = st.fixed_dictionaries(
    {
        "author": st.sampled_from(["ann", "ben", None]),
        "genres": st.lists(NAMES, min_size=1, unique=True).map(sorted),
        "authors_genres": st.lists(NAMES, unique=True).map(sorted),
        "note": LINE,
        "created_at": MOMENTS,
        "updated_at": MOMENTS,
    }
).flatmap(
    lambda word: st.one_of(
        st.just({**word, "state": "proposed", "settled_by": None, "settled_at": None}),
        st.tuples(st.sampled_from(["accepted", "rejected"]), st.sampled_from(["rita", None]), MOMENTS).map(
            lambda end: {**word, "state": end[0], "settled_by": end[1], "settled_at": end[2]}
        ),
    )
)
PART = st.fixed_dictionaries(
    {"model": st.sampled_from(["poster-fake-1", "plot-fake-1", "gone-1"]), "unsure": st.booleans(), "scores": SCORES}
)


@st.composite
def predictions(draw) -> dict:
    kind = draw(st.sampled_from(["plot", "poster", "both"]))
    scores = draw(SCORES)
    row = {
        **GOOD,
        "created_at": draw(MOMENTS),
        "owner": draw(st.sampled_from(["ann", "ben", None])),
        "origin": draw(st.sampled_from(["web", "api", "file", "job"])),
        "made_from": kind,
        "title": draw(LINE),
        "plot": "" if kind == "poster" else draw(PLOTS),
        "genres": draw(st.lists(st.sampled_from(sorted(scores)), unique=True)),
        "corrections": draw(st.lists(WORDS, max_size=3, unique_by=(lambda w: w["created_at"], lambda w: w["author"]))),
        "unsure": draw(st.booleans()),
        "scores": scores,
        "duration_ms": draw(st.integers(0, 10**5).map(lambda n: n / 100)),
        "models": {},
    }
    if kind != "plot":
        row |= {"poster_sha256": draw(st.text("0123456789abcdef", min_size=64, max_size=64)), "poster_width": 80}
    if kind == "both":
        told = {part: {"kind": part, "genres": [], **draw(PART)} for part in ("plot", "poster")}
        row |= {"parts": list(told.values()), "models": {name: part["model"] for name, part in told.items()}}
    else:
        row["models"] = {kind: draw(st.sampled_from([f"{kind}-fake-1", "gone-1"]))}
    return row


@settings(
    max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(predictions(), min_size=1, max_size=4, unique_by=lambda row: row["created_at"]))
def test_whatever_was_taken_out_comes_in_the_same(joint_model, ann, ben, rita, bring_in, told):
    Prediction.objects.all().delete()
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in told)
    assert bring_in(text).errors == 0
    given_in = [{name: value for name, value in row.items() if name not in NUMBERS} for row in told]
    assert in_order(rows(rita)) == in_order(given_in)
    for form in FORMS:
        before, taken_out = rows(rita), write(rita, "history", form)
        Prediction.objects.all().delete()
        assert bring_in(taken_out).errors == 0
        assert rows(rita) == before
