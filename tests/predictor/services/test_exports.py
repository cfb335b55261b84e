"""Taking rows out, and bringing them in again."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from genresite.errors import Conflict, Forbidden, InvalidInput, NotFound, Unavailable
from movies.importers import read_films
from movies.importers.files import Source
from movies.models import GenreLabel, Movie, SourceRecord
from movies.services import add_plot, set_genres
from movies.services.imports import check_terms, import_films
from predictor.models import Export, Job
from predictor.services import exports
from predictor.services.exports import delete_export, open_file, order_export, stream_export, write_export
from tests.factories import make_feedback, make_genres, make_movie, make_prediction
from tests.predictor.batch_maker import make_export

LABEL = {"genre": "Drama", "source": "imdb", "licence": "", "may_train": True, "labelled_at": "2026-01-01T00:00:00Z"}
PLOT = "A keeper, alone; =SUM(A1) he says.\n\"Who goes there?\" ::: asks 'the' fog — é 雪 \t end."


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def films(db) -> None:
    """Titles that a spreadsheet would run, two plots, no plot, ids, a show, a film without a year."""
    make_movie('=HYPERLINK("http://x")', genres=("Drama", "Sci-Fi"), plot=PLOT, imdb_id="tt0111161", tmdb_id=278)
    two = make_movie("'-30-", genres=("War",), plot="The first of two plots, long enough to be kept here.")
    add_plot(movie=two, text="-The second plot begins with a sign, and is in French.", source="other", language="fr")
    make_movie('@Home, "again"', kind="show", genres=("Comedy",), year=None)
    # A source that may be learned from, another that may not, and a person who had the last word.
    mixed = Movie.objects.get(tmdb_id=278)
    SourceRecord.objects.create(movie=mixed, source="imdb", title=mixed.title, kind="movie", licence="=imdb, terms")
    SourceRecord.objects.create(movie=mixed, source="open", title="x", kind="movie", licence="CC0", may_train=True)
    mixed.labels.filter(genre__name="Drama").update(source="open", labelled_at=datetime(2025, 1, 2, 3, 4, 5, 6, UTC))
    mixed.plots.update(licence="CC-BY-4.0", may_train=True, source="@critic")
    Movie.objects.filter(pk=two.pk).update(genres_decided_at=datetime(2026, 2, 3, tzinfo=UTC))
    two.labels.update(source="person")
    make_movie("'Tis a Pity | She's", plot="A plot of a film that nobody has labelled until today.", tmdb_id=5)


def write(person, subject: str, form: str, **filters) -> str:
    return "".join(stream_export(order=order_export(person=person, subject=subject, form=form, filters=filters)))


def bring_in(text: str, path: Path, format_name: str, **terms) -> None:
    path.write_text(text, encoding="utf-8", newline="")
    checked = check_terms(source="again", **terms)
    summary = import_films(rows=read_films(format_name, Source(path)), terms=checked)
    assert (summary.errors, summary.whole, dict(summary.unknown)) == (0, True, {}), summary.first_errors


def facts(person, subject: str = "catalogue") -> list[dict]:
    """What a catalogue holds, and where each of it came from."""
    rows = [json.loads(line) for line in write(person, subject, "jsonl").splitlines()]
    return sorted(rows, key=lambda row: (row["title"], row["plot"]))


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize("subject", ["catalogue", "labelled"])
def test_what_was_taken_out_comes_in_again_without_loss(rita, films, tmp_path, form, subject):
    before, text = facts(rita, subject), write(rita, subject, form)
    Movie.objects.all().delete()
    bring_in(text, tmp_path / f"films.{form}", "genresite")
    assert facts(rita, subject) == before and len(before) == (5 if subject == "catalogue" else 4)
    bring_in(text, tmp_path / f"films.{form}", "genresite")
    assert facts(rita, subject) == before, "the same file again changed something"


def test_what_a_line_says_of_its_terms_goes_before_those_of_the_import(rita, films, tmp_path):
    text = write(rita, "labelled", "csv")
    Movie.objects.all().delete()
    bring_in(text, tmp_path / "films.csv", "genresite", licence="mine", may_train=True)
    mixed = Movie.objects.get(tmdb_id=278)
    assert {(row.source, row.licence, row.may_train) for row in mixed.records.all()} == {
        ("again", "mine", True), ("imdb", "=imdb, terms", False), ("open", "CC0", True),
    }  # fmt: skip
    assert set(mixed.labels.values_list("genre__name", "source")) == {("Drama", "open"), ("Sci-Fi", "imdb")}
    decided = Movie.objects.get(title="'-30-")
    assert decided.genres_decided_at.year == 2026 and set(decided.labels.values_list("source", "person")) == {
        ("person", None)
    }
    # Without labels in the file, the import's source holds for them; each plot keeps its own.
    text = write(rita, "catalogue", "jsonl")
    Movie.objects.all().delete()
    bring_in(text, tmp_path / "films.jsonl", "genresite")
    assert set(GenreLabel.objects.values_list("source", flat=True)) == {"again"}
    assert set(Movie.objects.get(tmdb_id=278).plots.values_list("source", "licence")) == {("@critic", "CC-BY-4.0")}


def test_what_the_catalogue_knows_is_not_overwritten_by_a_line_s_terms(rita, films, tmp_path):
    text = write(rita, "labelled", "jsonl")
    movie = Movie.objects.get(tmdb_id=278)
    movie.plots.update(licence="mine", may_train=False)
    SourceRecord.objects.filter(source="open").update(may_train=False)
    bring_in(text, tmp_path / "films.jsonl", "genresite")
    assert list(movie.plots.values_list("licence", "may_train")) == [("mine", False)]
    assert list(movie.records.filter(source="open").values_list("may_train", flat=True)) == [False]
    assert movie.labels.count() == 2 and movie.genres_decided_at is None


@pytest.mark.parametrize(
    "labels",
    [5, "x", ["Drama"], [{"genre": "Drama"}], '[{"genre": 1}]', "{", [{**LABEL, "may_train": "yes"}],
     [{**LABEL, "labelled_at": "then"}], [{**LABEL, "labelled_at": None}], [{**LABEL, "source": None}]],
)  # fmt: skip
def test_labels_that_cannot_be_read_are_the_fault_of_their_line(labels, tmp_path, db):
    path = tmp_path / "films.jsonl"
    path.write_text(json.dumps({"title": "Dusk", "genres": ["Drama"], "labels": labels}))
    (error,) = read_films("genresite", Source(path))
    assert error.code == "labels_invalid" and error.line == 1


def test_the_triple_colon_form_comes_in_again(rita, films, tmp_path):
    def known() -> list[tuple]:
        return sorted((row["title"], row["year"], row["kind"], tuple(row["genres"])) for row in facts(rita))

    before, text = known(), write(rita, "catalogue", "imdb27")
    Movie.objects.all().delete()
    bring_in(text, tmp_path / "films.txt", "imdb27")
    assert known() == before
    assert text.splitlines()[0].startswith('1 ::: =HYPERLINK("http://x") (1999) ::: Drama ::: A keeper, alone;')


def test_no_cell_is_a_formula(rita, films):
    rows = list(csv.reader(io.StringIO(write(rita, "catalogue", "csv"))))
    assert {cell[0] for row in rows for cell in row if cell} & set("=+-@\t\r\n") == set()


def test_labels_tell_where_they_come_from(rita, films):
    movie = Movie.objects.get(imdb_id="tt0111161")
    set_genres(movie=movie, genres=[make_genres()["Drama"]], person=rita)
    row = next(row for row in map(json.loads, write(rita, "labelled", "jsonl").splitlines()) if row["tmdb_id"] == 278)
    assert [(label["genre"], label["source"], label["may_train"]) for label in row["labels"]] == [
        ("Drama", "open", True)
    ]
    assert (row["licence"], row["plot_source"], row["genres_decided_at"][:4]) == ("CC-BY-4.0", "@critic", "2026")


def test_history_is_ones_own_and_narrowed_as_on_the_page(ann, ben, rita, fake_models):
    make_prediction(ann, title="=1+1")
    make_prediction(ann, plot="Two clowns laugh and laugh until the circus closes for the winter.")
    make_prediction(ben)
    rows = [json.loads(line) for line in write(ann, "history", "jsonl").splitlines()]
    assert [row["genres"] for row in rows] == [["Horror"], ["Comedy"]] and rows[0]["title"] == "=1+1"
    assert rows[0]["models"] == {"plot": "plot-fake-1"} and {row["owner"] for row in rows} == {"ann"}
    assert len(write(ann, "history", "jsonl", genre="comedy").splitlines()) == 1
    assert len(write(rita, "history", "jsonl").splitlines()) == 3
    assert write(ann, "history", "csv").splitlines()[1].split(",")[5] == "'=1+1"
    with pytest.raises(InvalidInput):
        write(ann, "history", "csv", since="yesterday")


def test_corrections(ann, ben, rita, fake_models):
    make_feedback(make_prediction(ann), ann, "Western", note="no ghosts")
    make_feedback(make_prediction(ben), ben)
    (row,) = [json.loads(line) for line in write(ann, "corrections", "jsonl").splitlines()]
    assert (row["predicted"], row["genres"], row["state"], row["note"]) == (
        ["Horror"],
        ["Western"],
        "proposed",
        "no ghosts",
    )
    assert len(write(rita, "corrections", "jsonl", state="proposed").splitlines()) == 2


def test_who_may_have_what(ann, rita, films):
    for subject in ("catalogue", "labelled"):
        with pytest.raises(Forbidden):
            write(ann, subject, "csv")
    for subject, form in (("nothing", "csv"), ("history", "parquet"), ("history", "imdb27"), ("catalogue", "xlsx")):
        with pytest.raises(InvalidInput):
            write(rita, subject, form)


def test_many_rows_are_written_in_the_background(rita, films, monkeypatch):
    monkeypatch.setattr(exports, "ROWS_AT_ONCE", 3)
    with pytest.raises(Conflict, match="more than 3 rows"):
        write(rita, "catalogue", "csv")
    export = make_export(rita, "catalogue", "csv")
    job = Job.objects.get(pk=export.job_id)
    assert (job.state, job.done) == ("succeeded", 5)
    monkeypatch.setattr(exports, "ROWS_AT_ONCE", 1_000)
    with open_file(export=export) as stream:
        content = stream.read()
    assert content.decode() == write(rita, "catalogue", "csv") and len(content) == export.size_bytes


def test_parquet_holds_types_and_provenance(rita, films):
    parquet = pytest.importorskip("pyarrow.parquet")
    export = make_export(rita, "labelled", "parquet")
    table = parquet.read_table(export.file.path)
    rows = table.to_pylist()
    assert rows[0]["title"] == '=HYPERLINK("http://x")' and rows[0]["genres"] == ["Drama", "Sci-Fi"]
    assert rows[0]["labels"][1]["source"] == "imdb" and rows[0]["year"] == 1999
    assert rows == [json.loads(line) for line in write(rita, "labelled", "jsonl").splitlines()]


def test_a_site_without_pyarrow_says_so(rita, films, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    job = Job.objects.get(pk=make_export(rita, "labelled", "parquet").job_id)
    assert job.state == "failed" and "pyarrow" in job.failure
    assert Unavailable.status == 503


def test_a_file_is_written_once_and_deleted_with_its_row(ann, fake_models, django_capture_on_commit_callbacks):
    make_prediction(ann)
    export = make_export(ann)
    assert write_export(job_id=export.job_id).value == "over"
    path = Path(export.file.path)
    assert path.is_file()
    with django_capture_on_commit_callbacks(execute=True):
        delete_export(export=export)
    assert not path.exists() and not Export.objects.exists() and not Job.objects.exists()


def test_a_file_that_is_not_written_is_not_found(ann, fake_models):
    export = exports.open_export(order=order_export(person=ann, subject="history", form="csv"), person=ann)
    with pytest.raises(NotFound):
        open_file(export=export)


def test_one_person_keeps_so_many(ann, fake_models, monkeypatch):
    monkeypatch.setattr(exports, "KEPT", 2)
    pks = [make_export(ann).pk for _number in range(4)]
    assert list(Export.objects.order_by("pk").values_list("pk", flat=True)) == pks[2:]
    monkeypatch.setattr(exports, "KEPT", 20)
    order = order_export(person=ann, subject="history", form="csv")
    for _number in range(exports.UNFINISHED):
        exports.open_export(order=order, person=ann)
    with pytest.raises(Conflict):
        exports.open_export(order=order, person=ann)


@pytest.mark.parametrize("subject", ["history", "corrections", "labelled", "catalogue"])
def test_more_rows_are_no_more_queries(rita, fake_models, films, subject, django_assert_max_num_queries):
    for _number in range(8):
        make_feedback(make_prediction(rita), rita)
    with django_assert_max_num_queries(14):
        write(rita, subject, "jsonl")
