"""The invented films are whole: words that the models take, and a drawing that is a poster."""

import pytest

from movies.images import read_poster
from movies.validators import clean_plot
from predictor.samples import SAMPLES, find_sample


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.slug for sample in SAMPLES])
def test_sample_is_within_the_rules(sample):
    assert clean_plot(sample.plot) == sample.plot
    poster = read_poster(sample.read_poster_bytes())
    assert (poster.width, poster.height) == (400, 600)
    assert str(sample.picture)


def test_sample_is_found_by_its_word():
    assert find_sample("two-left-shoes") is SAMPLES[1]
    assert find_sample("") is None
