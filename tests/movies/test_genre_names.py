"""Genres are called in the reader's language on pages, and canonically for programs."""

import pytest
from django.utils import translation

from movies.filters import MovieFilter
from movies.forms import MovieForm
from movies.genre_names import SHOWN, show_genre, show_genres, sort_key
from movies.models import Genre
from movies.templatetags.genres import alphabetical, genre_list
from movies.vocabulary import GENRES
from tests.factories import make_genres, make_movie


def test_every_genre_of_the_site_has_a_name_to_show() -> None:
    assert tuple(SHOWN) == GENRES
    with translation.override("en"):
        assert [show_genre(name) for name in GENRES] == list(GENRES)


def test_german_names_are_german_and_different_from_each_other() -> None:
    with translation.override("de"):
        shown = [show_genre(name) for name in GENRES]
        assert len(set(shown)) == len(GENRES)
        assert (show_genre("Comedy"), show_genre("Sci-Fi")) == ("Komödie", "Science-Fiction")
        assert show_genres(["War", "Comedy"]) == "Krieg, Komödie"


def test_genre_that_somebody_added_is_shown_as_it_is_called() -> None:
    with translation.override("de"):
        assert show_genre("Heimatfilm") == "Heimatfilm"
        assert genre_list(None) == ""


def test_name_of_a_genre_is_no_other_word_of_the_page() -> None:
    """ "Short" is a film's kind here and a text's length elsewhere."""
    with translation.override("de"):
        assert translation.gettext("Family") == "Family"


def test_lists_are_sorted_by_what_is_shown() -> None:
    genres = [Genre(name=name) for name in ("Adult", "Adventure", "War")]
    with translation.override("de"):
        assert [genre.name for genre in alphabetical(genres)] == ["Adventure", "Adult", "War"]
        assert sort_key("Comedy") == "komödie"


@pytest.mark.parametrize(("language", "first", "war"), [("en", "Action", "War"), ("de", "Abenteuer", "Krieg")])
def test_forms_and_filters_offer_the_shown_names_in_their_order(db, language, first, war) -> None:
    make_genres()
    with translation.override(language):
        field = MovieForm().fields["genres"]
        offered = [str(label) for _value, label in field.choices]
        assert offered[0] == first
        assert war in offered
        assert offered == sorted(offered, key=str.casefold)
        narrowed = [(str(value), str(label)) for value, label in MovieFilter().form.fields["genre"].choices]
        assert narrowed[0][0] == ""
        assert narrowed[1][1] == first
        assert ("war", war) in narrowed


def test_german_page_narrows_by_the_same_address(client_for, ann) -> None:
    make_movie("Field of Mud", genres=("War",))
    make_movie("Two Clowns", genres=("Comedy",))
    page = client_for(ann).get("/catalogue/?genre=war", headers={"accept-language": "de"}).content.decode()
    assert "Field of Mud" in page
    assert "Two Clowns" not in page
    assert ">Krieg<" in page


def test_api_and_files_keep_the_canonical_name(client_for, rita) -> None:
    make_movie("Field of Mud", genres=("War",))
    client = client_for(rita)
    asked = {"accept-language": "de"}
    assert client.get("/api/v1/movies/", headers=asked).json()["results"][0]["genres"] == ["War"]
    assert "War" in {genre["name"] for genre in client.get("/api/v1/genres/", headers=asked).json()["results"]}
    table = client.get("/api/v1/exports/catalogue.csv", headers=asked)
    assert b"War" in b"".join(table.streaming_content if table.streaming else [table.content])
