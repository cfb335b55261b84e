import gzip
from pathlib import Path
from typing import Any

import pytest

from genresite.errors import InvalidInput
from predictor.ml.artifacts import read_manifest
from predictor.services.training import TrainingOrder, measure_from_folder, train_from_folder
from tests.predictor.bundle_maker import make_bundle
from tests.predictor.ml.bundles import make_custom_bundle, make_plot_bundle
from tests.predictor.ml.training.data_folder import write_plots


def order(root: Path, **options: object) -> TrainingOrder:
    return TrainingOrder(kind="plot", data=root, output=root / "models", work=root / "work", **options)  # type: ignore[arg-type]


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What reaches the recipe, which makes a bundle without training anything."""
    seen: list[object] = []

    class Made:
        def __init__(self, folder: Path) -> None:
            self.folder = make_bundle(folder, "made-1")

    def recipe(request: Any) -> Made:
        seen.append(request)
        return Made(request.work)

    monkeypatch.setattr("predictor.ml.training.recipes.find_recipe", lambda name, kind: recipe)
    return seen


def test_recipe_gets_examples_and_the_next_free_name(tmp_path: Path, requests: list, settings) -> None:
    write_plots(tmp_path, train=6, held_out=3)
    settings.PRETRAINED_DIR = tmp_path / "shipped"
    (tmp_path / "models" / "plot-encoder-1").mkdir(parents=True)
    folder = train_from_folder(order=order(tmp_path, seed=5))
    assert folder.name == "made-1"
    assert 0 <= read_manifest(folder)["training"]["seconds"] < 60
    (request,) = requests
    assert request.output.name == "plot-encoder-2"
    assert request.work == tmp_path / "work" / "plot-encoder-2"
    assert (len(request.plots["train"]), request.posters, request.seed) == (6, {}, 5)


def test_shipped_name_is_not_free(tmp_path: Path, requests: list, settings) -> None:
    write_plots(tmp_path, train=6, held_out=3)
    settings.PRETRAINED_DIR = tmp_path / "shipped"
    (tmp_path / "shipped" / "plot-encoder-1").mkdir(parents=True)
    train_from_folder(order=order(tmp_path))
    assert requests[0].output.name == "plot-encoder-2"


def test_a_name_that_is_taken_is_refused_before_anything_is_trained(tmp_path: Path, requests: list) -> None:
    write_plots(tmp_path, train=6, held_out=3)
    (tmp_path / "models" / "plot-mine-1").mkdir(parents=True)
    with pytest.raises(InvalidInput, match="plot-mine-1 exists already: a version is written once and never replaced"):
        train_from_folder(order=order(tmp_path, name="plot-mine-1"))
    assert requests == []


def test_joint_model_builds_on_the_newest_versions(tmp_path: Path, requests: list) -> None:
    write_plots(tmp_path, train=6, held_out=3)
    (tmp_path / "posters.csv").write_text("imdb_id,genres,source,label_source,split\n")
    for number, created in ((1, "2026-01-01"), (2, "2026-02-01")):
        make_bundle(tmp_path / "models", f"plot-tiny-{number}", created=created)
    train_from_folder(order=TrainingOrder("both", tmp_path, tmp_path / "models", tmp_path / "work"))
    assert requests[0].plot_bundle.name == "plot-tiny-2"
    assert requests[0].poster_bundle is None


def test_missing_data_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"plots\.csv\.gz"):
        train_from_folder(order=order(tmp_path))


def test_recipe_of_another_kind_is_refused(tmp_path: Path) -> None:
    write_plots(tmp_path, train=3, held_out=3)
    with pytest.raises(InvalidInput, match="is for 'poster'"):
        train_from_folder(order=order(tmp_path, recipe="backbone"))


def test_measuring_prints_a_table_and_stores_only_when_asked(tmp_path: Path) -> None:
    write_plots(tmp_path, train=3, held_out=60)
    folder = make_plot_bundle(tmp_path).folder
    text = measure_from_folder(folder=folder, data=tmp_path, split="test")
    assert text.startswith("plot-tiny-1 on test, 60 films")
    assert "test" not in read_manifest(folder)["metrics"]
    measure_from_folder(folder=folder, data=tmp_path, split="test", store=True)
    assert read_manifest(folder)["metrics"]["test"]["films"] == 60


def test_figures_of_a_told_custom_are_printed_and_never_stored(tmp_path: Path) -> None:
    write_plots(tmp_path, train=3, held_out=60)
    folder = make_custom_bundle(tmp_path).folder
    told, alone = (
        measure_from_folder(folder=folder, data=tmp_path, split="test", custom=custom) for custom in ("tmdb", "")
    )
    assert told.startswith("plot-customs-1 on test (--custom tmdb), 60 films")
    assert told.splitlines()[2:] != alone.splitlines()[2:]
    own, catalogue = (
        measure_from_folder(folder=folder, data=tmp_path, split="test", custom=name) for name in ("own", "catalogue")
    )
    # The films come from no source that was learned.
    assert own.splitlines()[2:] == catalogue.splitlines()[2:] == alone.splitlines()[2:]
    with pytest.raises(InvalidInput, match="told nothing can be kept, not those with the custom 'tmdb'"):
        measure_from_folder(folder=folder, data=tmp_path, split="test", custom="tmdb", store=True)
    with pytest.raises(InvalidInput, match="no custom 'cinema'"):
        measure_from_folder(folder=folder, data=tmp_path, split="test", custom="cinema")


def test_damaged_bundle_is_not_measured(tmp_path: Path) -> None:
    write_plots(tmp_path, train=3, held_out=3)
    folder = make_bundle(tmp_path)
    (folder / "model.onnx").write_bytes(b"other")
    with pytest.raises(InvalidInput, match="SHA-256"):
        measure_from_folder(folder=folder, data=tmp_path, split="test")


def test_film_may_be_told_its_source_or_only_the_catalogue_that_it_follows(tmp_path: Path) -> None:
    """War is listed by ``imdb_tiny`` alone: telling the catalogue tells as much where one source follows it."""
    write_plots(tmp_path, train=3, held_out=60)
    films = gzip.decompress((tmp_path / "plots.csv.gz").read_bytes()).decode()
    (tmp_path / "plots.csv.gz").write_bytes(gzip.compress(films.replace("invented", "imdb_tiny").encode()))
    folder = make_custom_bundle(tmp_path).folder
    own, catalogue, imdb = (
        measure_from_folder(folder=folder, data=tmp_path, split="test", custom=name).splitlines()[2:]
        for name in ("own", "catalogue", "imdb")
    )
    alone = measure_from_folder(folder=folder, data=tmp_path, split="test").splitlines()[2:]
    assert own == catalogue == imdb != alone
