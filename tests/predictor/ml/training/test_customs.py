import csv
import gzip
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from predictor.ml.artifacts import load_bundle
from predictor.ml.calibration import sigmoid
from predictor.ml.errors import MLError, TrainingError
from predictor.ml.examples import PlotExample
from predictor.ml.labels import GENRES, IMDB27
from predictor.ml.pipeline import PlotPipeline, load_pipeline
from predictor.ml.training.customs import (
    Customs,
    append_sources,
    encode_sources,
    find_sources,
    fit_offsets,
    start_customs,
    teach_customs,
)
from predictor.ml.training.datasets import read_plots
from predictor.ml.training.encoder import EncoderShape
from predictor.ml.training.encoder_config import EncoderConfig
from predictor.ml.training.encoder_fitting import build_network, find_weights, keep_start
from predictor.ml.training.encoder_weights import load_shipped
from predictor.ml.training.measuring import measure_bundle
from predictor.ml.training.plot_teacher import PlotTeacher, ask_plot_teacher
from predictor.ml.training.recipes import find_recipe
from predictor.ml.training.single_encoder_config import SingleEncoderConfig
from predictor.ml.training.single_encoder_recipe import start_network
from predictor.ml.wordpiece import WordpieceEncoder

from .data_folder import COLUMNS, GENRE_WORDS, write_plots
from .test_encoder_recipe import SHAPE, TRAINER, make_request

WAR = GENRES.index("War")


def make_films(*sources: str) -> list[PlotExample]:
    return [PlotExample(f"tt{number}", "A plot.", ("Drama",), source) for number, source in enumerate(sources)]


def test_sources_with_few_films_and_the_single_label_set_have_no_custom() -> None:
    films = make_films(*["rare"] * 2, *["often"] * 4, *["imdb27"] * 9, *["oftener"] * 5)
    assert find_sources(films, min_films=3) == ("oftener", "often")


def test_film_of_no_source_is_unknown_in_every_column_of_sources() -> None:
    films = make_films("one", "other", "two")
    labels, mask = append_sources(films, ("one", "two"), np.ones((3, 4), np.float32), np.ones((3, 4), np.float32))
    assert labels[:, 4:].tolist() == [[1, 0], [0, 0], [0, 1]]
    assert mask[:, 4:].tolist() == [[1, 1], [0, 0], [1, 1]]
    assert encode_sources(films, ("two",)).tolist() == [[0], [0], [1]]


def test_mixture_is_the_mean_of_the_sources_by_hand() -> None:
    known = np.asarray([[1, 0], [1, 1]], np.float32)
    offsets = np.asarray([[1, 5], [0, -1]], np.float32)
    logits, sources = np.asarray([[0.0, 2.0]], np.float32), np.log(np.asarray([[0.25, 0.75]], np.float32))
    expected = [0.25 * sigmoid(1.0) + 0.75 * 0.5, 0.75 * sigmoid(1.0)]
    mixed = Customs(("a", "b"), known, offsets).mix(logits, sources)
    np.testing.assert_allclose(sigmoid(mixed)[0], expected, atol=1e-6)


def test_offset_is_what_makes_the_mean_right_and_follows_many_films_more_than_few() -> None:
    logits, rows = np.zeros((400, 1)), np.ones((400, 1))
    labels = np.zeros((400, 1))
    labels[:100] = 1
    found = fit_offsets(logits, labels, np.ones((400, 1)), rows, strength=1e-6)
    assert found[0, 0] == pytest.approx(np.log(1 / 3), abs=1e-4)
    few = fit_offsets(logits[80:120], labels[80:120], np.ones((40, 1)), rows[80:120], strength=5.0)
    alone = fit_offsets(logits[80:120], labels[80:120], np.ones((40, 1)), rows[80:120], strength=0.1)
    assert abs(few[0, 0]) <= abs(alone[0, 0])
    unknown = fit_offsets(logits, labels, np.zeros((400, 1)), rows)
    assert unknown[0, 0] == 0


def test_teacher_speaks_in_the_custom_of_each_source() -> None:
    answers = np.full((200, 1), 0.5, np.float32)
    rows = np.repeat(np.eye(2, dtype=np.float32), 100, axis=0)
    labels = np.concatenate([np.ones((90, 1)), np.zeros((20, 1)), np.ones((10, 1)), np.zeros((80, 1))])
    moved, offsets = teach_customs(answers, labels, np.ones((200, 1)), rows)
    assert moved[0, 0] > 0.8
    assert moved[-1, 0] < 0.2
    assert offsets[0, 0] == pytest.approx(-offsets[1, 0], abs=0.3)


def test_customs_need_a_source_with_enough_films() -> None:
    films = make_films("one", "two")
    zeros = np.zeros((2, len(GENRES)), np.float32)
    with pytest.raises(TrainingError, match="80 training films or more"):
        start_customs(films, {}, zeros, zeros, PlotTeacher(), min_films=80)


def test_customs_begin_where_those_of_the_teacher_ended() -> None:
    films = make_films(*["one"] * 3, *["two"] * 2, "few")
    labels, answers = (np.full((6, len(GENRES)), value, np.float32) for value in (1.0, 0.5))
    teacher = PlotTeacher((Path("answers.npz"),), answers, {"two": {"War": 0.75}, "gone": {"War": 2.0}})
    known = {"one": ["War"], "two": ["War"]}
    customs, same = start_customs(films, known, labels, np.ones_like(labels), teacher, min_films=2)
    assert customs.sources == ("one", "two")
    assert customs.offsets[1, WAR] == np.float32(0.75)
    assert np.count_nonzero(customs.offsets) == 1
    assert same is teacher
    plain = replace(teacher, customs={})
    customs, moved = start_customs(films, known, labels, np.ones_like(labels), plain, min_films=2)
    assert (customs.offsets > 0).all()
    assert (moved.probabilities[:5] > 0.5).all()
    assert (moved.probabilities[5] == 0.5).all()


def read_two_sources(folder: Path) -> dict[str, list[PlotExample]]:
    """Films of a source that lists war films, and of one that has no word for them and leaves articles out."""
    changed: dict[str, list[PlotExample]] = {}
    for split, films in read_plots(folder).items():
        changed[split] = [replace(film, source="full") for film in films]
        for number, film in enumerate(changed[split]):
            if number // 3 % 2:
                genres = tuple(genre for genre in film.genres if genre != "War")
                short = film.plot.replace("The ", "")
                changed[split][number] = replace(film, source="plain", plot=short, genres=genres)
    return changed


def write_films(folder: Path, films: dict[str, list[PlotExample]]) -> None:
    """Puts films into the data folder's file."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, COLUMNS)
    writer.writeheader()
    for split, rows in films.items():
        for film in rows:
            row = {"imdb_id": film.film_id, "plot": film.plot, "genres": "|".join(film.genres)}
            writer.writerow(dict.fromkeys(COLUMNS, "") | row | {"genres_source": film.source, "split": split})
    (folder / "plots.csv.gz").write_bytes(gzip.compress(stream.getvalue().encode()))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle without customs, one that learns them, and one from the first with the second as teacher."""
    folder = tmp_path_factory.mktemp("customs")
    write_plots(folder, train=180, held_out=60)
    films = read_two_sources(folder)
    write_films(folder, films)
    recipe = find_recipe("encoder", "plot")
    quick = {"trainer": {**TRAINER, "epochs": 10}, "custom_films": 80}
    recipe(replace(make_request(folder, "plot-alone-1", linear=None, **quick), plots=films))
    recipe(replace(make_request(folder, "plot-customs-1", customs=True, **quick), plots=films))
    onward = make_request(folder, "plot-customs-2", customs=True, teacher_share=0.5, kept_share=0.25, **quick)
    base, teacher = (folder / "models" / name for name in ("plot-alone-1", "plot-customs-1"))
    recipe(replace(onward, plots=films, encoder_weights=base, plot_bundle=teacher))
    return folder


@pytest.mark.parametrize("name", ["plot-customs-1", "plot-customs-2"])
def test_genre_is_likelier_in_the_manner_of_a_source_that_lists_it(trained: Path, name: str) -> None:
    pipeline = load_pipeline(trained / "models" / name)
    words = GENRE_WORDS["War"]
    full, plain = pipeline.predict([f"The {words} of day 2 , told in train .", f"{words} of day 2 , told in train ."])
    assert 2 * plain.probabilities[WAR] < full.probabilities[WAR]
    assert full.decided == ("War",)
    assert "War" not in plain.decided


def test_manifest_tells_the_customs_and_the_teacher(trained: Path) -> None:
    training = load_bundle(trained / "models" / "plot-customs-2").manifest["training"]
    assert set(training["customs"]) == {"full", "plain"}
    assert "War" in training["customs"]["full"]
    assert "War" not in training["customs"]["plain"]
    assert training["teachers"][0].startswith("answers-plot-customs-1-")


def test_teacher_that_knows_customs_answers_each_film_in_that_of_its_source(trained: Path, tmp_path: Path) -> None:
    folder = trained / "models" / "plot-customs-1"
    plot = f"The {GENRE_WORDS['War']} of day 2 , told in train ."
    films = [PlotExample(name, plot, ("War",), name) for name in ("full", "plain", "nowhere")]
    first = ask_plot_teacher(folder, films, tmp_path, fingerprint="films")
    full, plain, _ = first.probabilities[:, WAR]
    assert 4 * plain < full
    pipeline = load_pipeline(folder)
    expected = pipeline.predict([plot])[0].probabilities
    np.testing.assert_allclose(first.probabilities[2], expected, atol=2e-3)
    assert first.customs == load_bundle(folder).manifest["training"]["customs"]
    again = ask_plot_teacher(folder, films, tmp_path, fingerprint="films")
    np.testing.assert_array_equal(first.probabilities, again.probabilities)


def test_weights_of_a_bundle_of_another_shape_are_refused(trained: Path) -> None:
    request = make_request(trained, "plot-other-1", linear=None, shape={"vocabulary_size": 40, "width": 8, "heads": 2})
    base = trained / "models" / "plot-alone-1"
    with pytest.raises(TrainingError, match=r"model\.onnx must hold the embeddings of layer words"):
        find_recipe("encoder", "plot")(replace(request, encoder_weights=base))


def test_told_custom_outweighs_the_manner_of_the_plot(trained: Path) -> None:
    pipeline = load_pipeline(trained / "models" / "plot-customs-2")
    assert isinstance(pipeline, PlotPipeline)
    plot = f"The {GENRE_WORDS['War']} of day 2 , told in train ."
    guessed, full, plain = (
        told.predict([plot])[0].probabilities[WAR]
        for told in (pipeline, pipeline.with_custom("full"), pipeline.with_custom("plain"))
    )
    assert 4 * plain < full
    assert guessed == pytest.approx(full, abs=0.1)


def test_exported_mixture_is_that_of_training(trained: Path) -> None:
    folder = trained / "models" / "plot-customs-2"
    stored = load_bundle(folder).manifest["metrics"]["validation"]["brier"]
    assert measure_bundle(folder, trained, "validation")["brier"] == pytest.approx(stored, abs=2e-3)


def test_measuring_each_film_in_its_own_custom(trained: Path) -> None:
    folder = trained / "models" / "plot-customs-2"
    own = measure_bundle(folder, trained, "validation", custom="own")
    wrong = measure_bundle(folder, trained, "validation", custom="plain")
    assert own["f1"]["micro"] > 0.85
    assert wrong["f1"]["micro"] < own["f1"]["micro"]


def test_only_versions_with_customs_can_be_told_one(trained: Path) -> None:
    with pytest.raises(TrainingError, match="has learned some, not to plot-alone-1"):
        measure_bundle(trained / "models" / "plot-alone-1", trained, "validation", custom="own")
    with pytest.raises(MLError, match="no custom 'netflix'"):
        measure_bundle(trained / "models" / "plot-customs-2", trained, "validation", custom="netflix")


def test_single_label_network_starts_from_a_bundle(trained: Path) -> None:
    folder = trained / "models" / "plot-alone-1"
    config = SingleEncoderConfig(shape=EncoderShape(**SHAPE), max_tokens=12, precision="float32")
    model = start_network(config, find_weights(folder))
    plot = "The ghost scream blood of day 2 , told in train ."
    tokens = WordpieceEncoder(folder / "tokenizer.json", max_tokens=12).batch([plot])["tokens"]
    expected = load_pipeline(folder).logits([plot])[:, [GENRES.index(name) for name in IMDB27]]
    np.testing.assert_allclose(model(tokens), expected, atol=1e-4)


def test_weights_kept_from_the_start_are_a_mean(trained: Path) -> None:
    folder = trained / "models" / "plot-alone-1"
    config = EncoderConfig(shape=EncoderShape(**SHAPE), max_tokens=12, kept_share=0.25)
    model = build_network(config)
    model.set_weights([np.full_like(values, 4.0) for values in model.get_weights()])
    keep_start(model, config, find_weights(folder))
    start = build_network(config)
    load_shipped(start, folder / "model.onnx")
    for kept, before in zip(model.get_weights(), start.get_weights(), strict=True):
        np.testing.assert_allclose(kept, 3.0 + 0.25 * before, rtol=1e-5)
