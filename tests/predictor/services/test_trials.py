"""Trying without an account: an answer, no row, and not too often."""

import pytest
from django.core.cache import cache

from genresite.errors import InvalidInput, TooMany
from predictor.models import Prediction
from predictor.services.trials import run_trial
from tests.predictor.fakes import SCARY


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()
    yield
    cache.clear()


def test_trial_answers_and_keeps_nothing(fake_models):
    answer = run_trial(address="192.0.2.1", plot=SCARY)
    assert answer.scores.decided == ("Horror",)
    assert not Prediction.objects.exists()


def test_each_address_has_its_own_limit(fake_models, settings):
    settings.TRIALS_AN_HOUR = 2
    for _try in range(2):
        run_trial(address="192.0.2.1", plot=SCARY)
    with pytest.raises(TooMany) as refused:
        run_trial(address="192.0.2.1", plot=SCARY)
    assert 0 < refused.value.retry_after_seconds <= 3600
    assert run_trial(address="192.0.2.2", plot=SCARY).scores.decided == ("Horror",)


def test_nothing_given_is_refused(fake_models):
    with pytest.raises(InvalidInput, match="neither came"):
        run_trial(address="192.0.2.1")
