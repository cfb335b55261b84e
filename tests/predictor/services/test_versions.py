"""Registering bundles and choosing who answers."""

import shutil

import pytest
from django.db import IntegrityError, transaction

from genresite.errors import Conflict, InvalidInput, NotFound
from predictor.ml.artifacts import store_metrics
from predictor.models import ModelVersion
from predictor.services.versions import (
    activate_version,
    find_version,
    register_shipped_versions,
    register_version,
)
from tests.predictor.bundle_maker import make_bundle
from tests.predictor.fakes import make_version

pytestmark = pytest.mark.django_db


def states() -> dict[str, str]:
    return dict(ModelVersion.objects.values_list("name", "state"))


def test_registering_keeps_what_the_manifest_says(shipped, trained):
    version = register_version(make_bundle(trained))
    assert (version.kind, version.name, version.recipe, version.state) == ("plot", "plot-tiny-1", "tiny", "candidate")
    assert version.genres == ["Comedy", "Horror"] and version.metrics["test"]["f1"]["micro"] == 0.5
    assert register_version(trained / "plot-tiny-1").pk == version.pk


def test_a_bundle_elsewhere_is_refused(shipped, trained, tmp_path):
    with pytest.raises(InvalidInput, match="neither of the two folders"):
        register_version(make_bundle(tmp_path / "elsewhere"))


def test_a_changed_file_is_refused_and_left_alone(shipped, trained):
    folder = make_bundle(trained)
    (folder / "model.onnx").write_bytes(b"changed")
    with pytest.raises(InvalidInput, match="must have SHA-256"):
        register_version(folder)
    assert (folder / "model.onnx").read_bytes() == b"changed"
    assert not ModelVersion.objects.exists()


def test_a_trained_version_is_written_once(shipped, trained):
    folder = make_bundle(trained)
    register_version(folder)
    shutil.rmtree(folder)
    make_bundle(trained, created="2027-01-01")
    with pytest.raises(Conflict, match="written once"):
        register_version(folder)


def test_a_trained_version_may_not_take_a_shipped_name(shipped, trained):
    make_bundle(shipped, "plot-1")
    with pytest.raises(Conflict, match="comes with the site is called plot-1") as refusal:
        register_version(make_bundle(trained, "plot-1"))
    assert refusal.value.code == "model_name_taken"


def test_activation_retires_the_one_before(shipped, trained, sam):
    first, second = (register_version(make_bundle(trained, name)) for name in ("plot-a", "plot-b"))
    activate_version(version=first)
    activated = activate_version(version=second, person=sam)
    assert states() == {"plot-a": "retired", "plot-b": "active"}
    assert activated.activated_by == sam and activated.activated_at
    activate_version(version=first)
    assert states() == {"plot-a": "active", "plot-b": "retired"}


def test_a_broken_version_cannot_be_activated(shipped, trained):
    version = register_version(make_bundle(trained))
    (trained / "plot-tiny-1" / "model.onnx").unlink()
    with pytest.raises(Conflict, match=r"lacks its file model\.onnx"):
        activate_version(version=version)
    assert states() == {"plot-tiny-1": "broken"}


def test_a_changed_manifest_is_noticed(shipped, trained):
    version = register_version(make_bundle(trained))
    manifest = trained / "plot-tiny-1" / "manifest.json"
    manifest.write_text(manifest.read_text().replace("0.5", "0.1"))
    with pytest.raises(Conflict, match="changed since"):
        activate_version(version=version)


def test_two_active_versions_of_a_kind_are_impossible(db):
    make_version("plot", "a")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_version("plot", "b")


def test_shipped_bundles_become_active_once(shipped, trained):
    make_bundle(shipped, "plot-a", created="2026-01-01")
    make_bundle(shipped, "plot-b", created="2026-02-01")
    make_bundle(shipped, "poster-a", kind="poster")
    report = register_shipped_versions()
    assert report.added == ["plot-a", "plot-b", "poster-a"] and report.activated == ["plot-b", "poster-a"]
    again = register_shipped_versions()
    assert not (again.added or again.renewed or again.activated or again.refused)


def test_a_persons_choice_of_a_shipped_version_stays(shipped, trained, sam):
    make_bundle(shipped, "plot-a", created="2026-01-01")
    make_bundle(shipped, "plot-b", created="2026-02-01")
    register_shipped_versions()
    activate_version(version=find_version("plot-a"), person=sam)
    register_shipped_versions()
    assert states()["plot-a"] == "active"


def test_a_new_release_brings_its_model(shipped, trained):
    make_bundle(shipped, "plot-a")
    register_shipped_versions()
    make_bundle(shipped, "plot-b", created="2026-02-01")
    assert register_shipped_versions().activated == ["plot-b"]
    assert states() == {"plot-a": "retired", "plot-b": "active"}


def test_of_several_shipped_versions_the_best_measured_answers(shipped, trained):
    measured = {"plot-a": 0.634, "plot-b": 0.595}
    for name, micro in measured.items():
        store_metrics(make_bundle(shipped, name), "test", {"f1": {"micro": micro, "macro_supported": 0.5}})
    assert register_shipped_versions().activated == ["plot-a"]
    store_metrics(make_bundle(shipped, "plot-c"), "test", {"f1": {"micro": 0.6, "macro_supported": 0.5}})
    assert register_shipped_versions().activated == []


def test_a_version_trained_here_is_not_overruled(shipped, trained):
    activate_version(version=register_version(make_bundle(trained, "plot-own")))
    make_bundle(shipped, "plot-b", created="2030-01-01")
    assert register_shipped_versions().activated == []
    assert states()["plot-own"] == "active"


def test_a_release_without_the_active_model_chooses_another(shipped, trained):
    make_bundle(shipped, "plot-a", created="2026-02-01")
    make_bundle(shipped, "plot-b", created="2026-01-01")
    register_shipped_versions()
    shutil.rmtree(shipped / "plot-a")
    assert register_shipped_versions().activated == ["plot-b"]


def test_a_shipped_bundle_with_new_figures_is_renewed(shipped, trained):
    folder = make_bundle(shipped)
    register_shipped_versions()
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"micro": 0.5', '"micro": 0.6'))
    assert register_shipped_versions().renewed == ["plot-tiny-1"]
    version = find_version("plot-tiny-1")
    assert version.metrics["test"]["f1"]["micro"] == 0.6 and version.state == "active"


def test_a_broken_shipped_bundle_is_refused_and_the_others_go_on(shipped, trained):
    (make_bundle(shipped, "plot-a") / "model.onnx").write_bytes(b"x")
    make_bundle(shipped, "plot-b")
    report = register_shipped_versions()
    assert "must have SHA-256" in report.refused["plot-a"] and report.activated == ["plot-b"]


def test_a_restored_bundle_may_answer_again(shipped, trained):
    folder = make_bundle(shipped)
    register_shipped_versions()
    (folder / "model.onnx").write_bytes(b"x")
    register_shipped_versions()
    assert states() == {"plot-tiny-1": "broken"}
    (folder / "model.onnx").write_bytes(b"no network")
    assert register_shipped_versions().activated == ["plot-tiny-1"]


def test_a_version_with_genres_of_another_set_answers_by_name_only(shipped, trained, sam):
    make_bundle(shipped, "imdb27-lstm-1", genres=["comedy", "talk-show"])
    assert register_shipped_versions().activated == []
    version = find_version("imdb27-lstm-1")
    with pytest.raises(Conflict, match="genres of another set") as refusal:
        activate_version(version=version, person=sam)
    assert refusal.value.code == "model_of_other_genres"
    assert states() == {"imdb27-lstm-1": "candidate"}


def test_the_start_of_a_name_finds_the_latest_of_its_versions(shipped, trained):
    for number, created in ((1, "2026-01-02"), (2, "2026-01-01")):
        register_version(make_bundle(shipped, f"imdb27-{number}", created=created))
    assert find_version("imdb27").name == "imdb27-1"
    assert find_version("imdb27-2").name == "imdb27-2"
    with pytest.raises(NotFound):
        find_version("imdb")


def test_an_unknown_version_lists_what_exists(db):
    make_version("plot", "plot-x")
    with pytest.raises(NotFound, match=r"no model version nope\. Known versions: plot-x"):
        find_version("nope")
