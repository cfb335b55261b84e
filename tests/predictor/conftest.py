"""Fake models for every test that asks, and folders for bundles."""

import pytest
from django.core.cache import cache
from kombu.exceptions import OperationalError

from predictor import pipelines, tasks
from tests.predictor.fakes import FakePipeline, install_fakes


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


@pytest.fixture
def linear_posters(monkeypatch):
    """Fake poster networks whose answer changes with every pixel: the mean of red, green and blue."""
    plain = FakePipeline._one

    def one(self, item):
        return plain(self, item) if self.kind == "plot" else (item.reshape(-1, 3).mean(axis=0) / 51 - 3).tolist()

    cache.clear()
    monkeypatch.setattr(FakePipeline, "_one", one)


@pytest.fixture
def queue_away(monkeypatch):
    """Batches find no queue until `undo` is called on this."""

    def fail(_job_id):
        raise OperationalError("Error 2 connecting to unix:///nowhere")

    with monkeypatch.context() as patch:
        patch.setattr(tasks.read_batch, "delay_on_commit", fail)
        yield patch
