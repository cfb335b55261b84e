"""Fake models for every test that asks, and folders for bundles."""

import pytest

from predictor import pipelines
from tests.predictor.fakes import install_fakes


@pytest.fixture
def fake_models(db, monkeypatch):
    """Active fake versions of kind plot and poster; both together fall back to the mean."""
    yield install_fakes(monkeypatch, "plot", "poster")
    pipelines.forget_loaded()


@pytest.fixture
def joint_model(db, monkeypatch):
    """Active fake versions of all three kinds."""
    yield install_fakes(monkeypatch, "plot", "poster", "both")
    pipelines.forget_loaded()


@pytest.fixture
def shipped(tmp_path, settings):
    """An empty folder in place of the shipped bundles."""
    settings.PRETRAINED_DIR = tmp_path / "shipped"
    settings.PRETRAINED_DIR.mkdir()
    return settings.PRETRAINED_DIR


@pytest.fixture
def trained(tmp_path, settings):
    """An empty folder in place of the versions trained here."""
    settings.MODELS_DIR = tmp_path / "trained"
    settings.MODELS_DIR.mkdir()
    return settings.MODELS_DIR
