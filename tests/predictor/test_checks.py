"""The system check of the bundles."""

import shutil

import pytest
from django.core.checks import run_checks

from genresite.errors import Unavailable
from predictor import pipelines
from predictor.pipelines import Film, predict
from predictor.services.versions import activate_version, register_shipped_versions, register_version
from tests.predictor.bundle_maker import make_bundle

pytestmark = pytest.mark.django_db


def ids() -> list[str]:
    return [message.id for message in run_checks(tags=["models"])]


def test_whole_bundles_pass(shipped, trained):
    make_bundle(shipped)
    register_shipped_versions()
    assert ids() == []


@pytest.mark.parametrize(("custom", "found"), [("", []), ("imdb", []), ("cinema", ["predictor.E003"])])
def test_a_custom_that_no_model_can_learn_is_an_error(settings, shipped, trained, custom, found):
    settings.GENRE_CUSTOM = custom
    assert ids() == found


def test_a_changed_shipped_file_is_an_error_in_one_sentence(shipped, trained):
    folder = make_bundle(shipped)
    register_shipped_versions()
    (folder / "model.onnx").write_bytes(b"tampered")
    (shipped_error, active_error) = sorted(run_checks(tags=["models"]), key=lambda message: message.id)
    assert (shipped_error.id, active_error.id) == ("predictor.E001", "predictor.E002")
    assert "model.onnx of bundle plot-tiny-1 must have SHA-256" in shipped_error.msg
    assert (folder / "model.onnx").read_bytes() == b"tampered"


def test_a_changed_version_trained_here_is_an_error(shipped, trained):
    activate_version(version=register_version(make_bundle(trained)))
    (trained / "plot-tiny-1" / "model.onnx").unlink()
    assert ids() == ["predictor.E002"]


def test_a_folder_that_is_gone_is_a_warning_with_the_way_out(shipped, trained):
    folder = make_bundle(shipped)
    register_shipped_versions()
    shutil.rmtree(folder)
    (message,) = run_checks(tags=["models"])
    assert message.id == "predictor.W001" and "register_models" in message.hint


def test_an_upgrade_of_a_shipped_bundle_is_a_warning_until_it_is_registered(shipped, trained):
    folder = make_bundle(shipped)
    register_shipped_versions()
    shutil.rmtree(folder)
    make_bundle(shipped, created="2027-01-01")
    (message,) = run_checks(tags=["models"])
    assert message.id == "predictor.W002" and "register_models" in message.hint
    with pytest.raises(Unavailable):
        predict([Film("A plot that is long enough to be read.")])
    register_shipped_versions()
    assert ids() == []


def test_a_changed_bundle_is_never_loaded(shipped, trained):
    folder = make_bundle(shipped)
    register_shipped_versions()
    (folder / "model.onnx").write_bytes(b"tampered")
    pipelines.forget_loaded()
    with pytest.raises(Unavailable, match="its files are not what they should be"):
        predict([Film("A plot that is long enough to be read.")])


def test_a_network_that_cannot_be_read_is_told_in_words(shipped, trained):
    make_bundle(shipped)
    register_shipped_versions()
    pipelines.forget_loaded()
    with pytest.raises(Unavailable, match="plot-tiny-1 is not used"):
        predict([Film("A plot that is long enough to be read.")])
