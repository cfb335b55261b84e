"""A German page names no genre in English, wherever one stands."""

import re
from html.parser import HTMLParser

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation

from movies.models import Genre
from movies.vocabulary import GENRES
from predictor.selectors import workers
from predictor.selectors.batches import ResultRow
from tests.factories import make_feedback, make_movie, make_prediction
from tests.predictor.fakes import FUNNY, SCARY, install_fakes

# The names that are other words in German; "Drama" and "Horror" are not.
ENGLISH = {"Comedy", "War", "Sci-Fi", "Romance", "Crime", "Family", "Biography", "Adventure", "Documentary", "Music"}


class Said(HTMLParser):
    """What a page says: its text and what is read out, but for code and for passages in English."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.quiet = 0

    def handle_starttag(self, tag, attrs) -> None:
        if tag in ("script", "style", "code", "pre"):
            self.quiet += 1
        self.text += [value for name, value in attrs if name in ("alt", "title", "aria-label") and value]

    def handle_endtag(self, tag) -> None:
        if tag in ("script", "style", "code", "pre"):
            self.quiet -= 1

    def handle_data(self, data) -> None:
        if not self.quiet:
            self.text.append(data)


def read(client, address: str) -> str:
    answer = client.get(address, headers={"accept-language": "de"})
    assert answer.status_code == 200, address
    said = Said()
    said.feed(answer.content.decode())
    return " ".join(said.text)


@pytest.fixture
def film(monkeypatch, sam):
    """A film of war and comedy, with predictions, a correction, and measured versions of three kinds."""
    for version in install_fakes(monkeypatch, "plot", "poster").values():
        per_genre = {name: {"f1": 0.5, "support": 30, "threshold": 0.4} for name in GENRES}
        mixed = {"War": {"Comedy": 9, "War": 20}, "Comedy": {"Comedy": 30}}
        version.metrics = {"test": {"films": 100, "per_genre": per_genre, "mix_ups": mixed}}
        version.save(update_fields=["metrics"])
    movie = make_movie("Field of Mud", genres=("War", "Comedy", "Sci-Fi", "Romance"), plot=SCARY)
    Genre.objects.create(name="Heimatfilm", slug="heimatfilm")
    prediction = make_prediction(sam, plot=FUNNY)
    make_feedback(prediction, sam, "War", "Comedy")
    return {"movie": movie, "prediction": prediction}


def test_no_page_names_a_genre_in_english(client_for, sam, film) -> None:
    client = client_for(sam)
    addresses = [
        reverse(name)
        for name in (
            "home", "movies:list", "movies:create", "predictor:predict", "predictor:history", "predictor:about",
            "predictor:models", "predictor:review", "predictor:review_proposals", "predictor:review_done", "styleguide",
        )
    ]  # fmt: skip
    addresses += [
        film["movie"].get_absolute_url(),
        reverse("movies:edit", args=[film["movie"].pk]),
        film["prediction"].get_absolute_url(),
        film["prediction"].get_absolute_url() + "?explain=Comedy",
        reverse("predictor:review_item", args=[film["prediction"].pk]),
    ]
    found = {}
    for address in addresses:
        said = read(client, address)
        found[address] = {word for word in ENGLISH if re.search(rf"(?<![\w-]){word}(?![\w-])", said)}
    assert {address: words for address, words in found.items() if words} == {}


def test_film_and_form_show_the_german_names_in_their_order(client_for, sam, film) -> None:
    said = read(client_for(sam), film["movie"].get_absolute_url())
    assert said.index("Komödie") < said.index("Krieg") < said.index("Liebesfilm") < said.index("Science-Fiction")
    offered = read(client_for(sam), reverse("movies:create"))
    assert offered.index("Heimatfilm") < offered.index("Historie")


def test_german_form_sends_canonical_names(client_for, sam, film) -> None:
    client = client_for(sam)
    address = reverse("predictor:feedback", args=[film["prediction"].pk])
    client.post(address, {"genres": ["War", "Romance"]}, headers={"accept-language": "de"})
    assert {genre.name for genre in film["prediction"].feedback.get().genres.all()} == {"War", "Romance"}


def test_what_scripts_and_workers_say_is_said_in_german(client_for, sam, monkeypatch):
    """On pages alone: programs that watch the site read English, whoever asks."""
    cache.delete("worker-problem")
    monkeypatch.setattr(workers, "find_worker_problem", lambda: "The queue cannot be reached.")
    assert "Die Warteschlange ist nicht erreichbar." in read(client_for(sam), "/jobs/")
    for address in ("/catalogue/new/", "/predict/"):
        page = client_for(sam).get(address, headers={"accept-language": "de"}).content.decode()
        assert 'data-say-ready="Legen Sie' in page, address


def test_figures_have_the_german_decimal_comma(film, client_for, sam):
    assert "0,50" in read(client_for(sam), "/about/")


def test_a_row_of_a_batch_names_what_it_was_made_from():
    with translation.override("de"):
        row = ResultRow(2, "1", "plot", [], {}, {}, False, "", "")
        assert (row.kind, row.kind_label) == ("plot", "Handlung")
        assert ResultRow(3, "2", "", [], {}, {}, False, "plot_too_short", "Too short.").kind_label == ""
