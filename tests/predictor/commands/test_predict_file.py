"""Predicting a file from the shell."""

import json
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from predictor import pipelines
from predictor.services import row_runs
from predictor.services.versions import register_shipped_versions
from tests.factories import make_poster_bytes
from tests.predictor.fakes import BLUE, DULL, FUNNY, GREEN, SCARY, make_version
from tests.predictor.ml.test_plain_words import make_bundle


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "green.png").write_bytes(make_poster_bytes(colour=GREEN))
    (tmp_path / "in" / "blue.jpg").write_bytes(make_poster_bytes("JPEG", colour=BLUE))
    return tmp_path / "in"


def run(folder: Path, text: str | bytes, name: str = "films.csv", **options) -> list[dict]:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    call_command("predict_file", str(path), output=folder / "out.jsonl", **options)
    return [json.loads(line) for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]


def test_every_row_becomes_a_line_in_its_place(folder, fake_models):
    lines = run(folder, f"id,plot,poster\na,{FUNNY},\nb,,green.png\nc,short,\nd,{SCARY.replace(',', '')},blue.jpg\n")
    assert [line["id"] for line in lines] == ["a", "b", "c", "d"]
    assert lines[0] == {
        "id": "a",
        "genres": ["Comedy"],
        "scores": {
            "Comedy": pytest.approx(0.880797),
            "Horror": pytest.approx(0.119203),
            "Western": pytest.approx(0.119203),
        },
        "model": {"plot": "plot-fake-1"},
        "error": None,
    }
    assert lines[1]["genres"] == ["Horror"] and lines[1]["model"] == {"poster": "poster-fake-1"}
    assert lines[2]["error"]["code"] == "plot_too_short" and lines[2]["error"]["message"].startswith("Line 4:")
    assert (lines[2]["genres"], lines[2]["scores"], lines[2]["model"]) == ([], {}, {})
    assert lines[3]["model"] == {"plot": "plot-fake-1", "poster": "poster-fake-1"}


def test_json_lines_keep_their_ids(folder, fake_models):
    rows = [{"id": 7, "plot": SCARY}, {"id": "é", "plot": DULL}, {"id": "\ud800", "plot": FUNNY}]
    lines = run(folder, "\n".join(json.dumps(row) for row in rows), "films.jsonl")
    assert [line["id"] for line in lines] == [7, "é", "\ud800"]
    assert lines[1]["genres"] == [] and lines[1]["error"] is None


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("plot", [{"plot"}, "plot_missing", {"plot"}]),
        ("poster", ["poster_missing", {"poster"}, {"poster"}]),
        ("both", ["poster_missing", "plot_missing", {"plot", "poster"}]),
        (None, [{"plot"}, {"poster"}, {"plot", "poster"}]),
    ],
)
def test_kind_says_what_is_read(folder, fake_models, kind, expected):
    lines = run(folder, f"id;plot;poster\n1;{SCARY};\n2;;green.png\n3;{SCARY};green.png\n", kind=kind)
    assert [line["error"]["code"] if line["error"] else set(line["model"]) for line in lines] == expected


@pytest.mark.parametrize(
    ("poster", "code"),
    [
        ("missing.png", "poster_not_found"),
        ("/etc/hostname", "poster_not_an_image"),
        (".", "poster_not_found"),
        ("text.png", "poster_not_an_image"),
        ("empty.png", "poster_empty"),
        ("x" * 5000, "poster_unreadable"),
    ],
)
def test_a_bad_poster_is_an_error_line(folder, fake_models, poster, code):
    (folder / "text.png").write_text("this is no picture at all")
    (folder / "empty.png").write_bytes(b"")
    lines = run(folder, f"id,poster\n1,{poster}\n2,green.png\n")
    assert lines[0]["error"]["code"] == code and lines[1]["genres"] == ["Horror"]


@pytest.mark.parametrize("poster", ["../beside/red.png", "link.png", "{folder}/green.png"])
def test_posters_may_lie_elsewhere(folder, fake_models, poster):
    beside = folder.parent / "beside"
    beside.mkdir()
    (beside / "red.png").write_bytes(make_poster_bytes())
    (folder / "link.png").symlink_to(beside / "red.png")
    (line,) = run(folder, f"id,poster\n1,{poster.format(folder=folder)}\n")
    assert line["error"] is None and set(line["model"]) == {"poster"}


def test_a_nul_in_a_posters_name_is_an_error_line(folder, fake_models):
    (line,) = run(folder, '{"id": 1, "poster": "a\\u0000.png"}', "films.jsonl")
    assert line["error"]["code"] == "poster_not_found"


def test_rows_are_predicted_in_batches(folder, fake_models, monkeypatch):
    monkeypatch.setattr(row_runs, "BATCH_ROWS", 4)
    lines = run(folder, "id,plot\n" + "".join(f'{n},"{SCARY}"\n' for n in range(10)))
    assert [line["id"] for line in lines] == [str(n) for n in range(10)]
    assert pipelines.load_version(fake_models["plot"]).calls == 3


def test_posters_in_memory_are_bounded(folder, fake_models, monkeypatch):
    monkeypatch.setattr(row_runs, "BATCH_PIXELS", 80 * 120 * 2)
    run(folder, "id,poster\n" + "".join(f"{n},green.png\n" for n in range(6)))
    assert pipelines.load_version(fake_models["poster"]).calls == 3


def test_a_version_by_name(folder, fake_models):
    make_version("plot", "plot-old", state="retired")
    (line,) = run(folder, f"id,plot,poster\n1,{FUNNY},green.png\n", version="plot-old")
    assert line["model"] == {"plot": "plot-old"}


def test_a_single_label_version_names_one_genre_as_its_set_spells_it(folder, shipped, db):
    pipelines.forget_loaded()
    make_bundle(shipped / "imdb27-tiny-1")
    assert register_shipped_versions().added == ["imdb27-tiny-1"]
    (line,) = run(folder, "id,plot\n1,A joke about the joke that nobody ever understood.\n", version="imdb27")
    assert line["error"] is None and line["genres"] == ["comedy"] and line["model"] == {"plot": "imdb27-tiny-1"}
    assert sum(line["scores"].values()) == pytest.approx(1.0, abs=1e-5)


def test_a_file_of_the_imdb_set_is_answered_line_by_line(folder, shipped, db):
    pipelines.forget_loaded()
    make_bundle(shipped / "imdb27-tiny-1")
    register_shipped_versions()
    text = "5 ::: Edgar (1999) ::: A joke about the joke that nobody ever understood.\n6 ::: No plot (2001)\n"
    first, second = run(folder, text, name="test_data.txt", version="imdb27")
    assert (first["id"], first["genres"], first["error"]) == ("5", ["comedy"], None)
    assert second["id"] == "6" and "id ::: title ::: plot" in str(second["error"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"version": "nope"}, "no model version nope. Known versions: plot-fake-1, poster-fake-1"),
        ({"version": "poster-fake-1", "kind": "plot"}, "cannot be used for plot"),
    ],
)
def test_a_wrong_version_is_refused_in_words(folder, fake_models, options, words):
    with pytest.raises(CommandError) as caught:
        run(folder, f"id,plot\n1,{FUNNY}\n", **options)
    assert words in str(caught.value) and caught.value.returncode == 2


@pytest.mark.parametrize("text", ["", "title\nx\n"])
def test_a_file_that_cannot_be_read_leaves_no_output(folder, fake_models, text):
    with pytest.raises(CommandError) as caught:
        run(folder, text)
    assert caught.value.returncode == 2
    assert sorted(path.name for path in folder.iterdir()) == ["blue.jpg", "films.csv", "green.png"]


def test_files_that_are_not_there_are_named(folder, fake_models):
    with pytest.raises(CommandError, match=r"nowhere\.csv: No such file"):
        call_command("predict_file", str(folder / "nowhere.csv"), output=folder / "out.jsonl")
    (folder / "films.csv").write_text("id,plot\n")
    with pytest.raises(CommandError, match="No such file"):
        call_command("predict_file", str(folder / "films.csv"), output=folder / "no" / "out.jsonl")


def test_a_missing_model_ends_the_run_in_words_and_keeps_the_old_output(folder, db):
    (folder / "out.jsonl").write_text("old\n")
    with pytest.raises(CommandError, match="No model for plots"):
        run(folder, f"id,plot\n1,{FUNNY}\n")
    assert (folder / "out.jsonl").read_text() == "old\n"


def test_the_output_has_the_rights_of_any_file(folder, fake_models):
    run(folder, f"id,plot\n1,{FUNNY}\n")
    mask = os.umask(0)
    os.umask(mask)
    assert (folder / "out.jsonl").stat().st_mode & 0o777 == 0o666 & ~mask


def test_progress_and_the_count_go_to_stderr(folder, fake_models, capsys):
    run(folder, f"id,plot\n1,{FUNNY}\n2,x\n")
    written = capsys.readouterr()
    assert written.out == "" and "films.csv: 100%" in written.err and "2 rows, 1 of them with an error" in written.err
