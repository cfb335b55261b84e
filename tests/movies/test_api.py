"""The catalogue in the API."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from movies.images import read_poster
from movies.models import Movie
from movies.services import attach_poster
from tests.factories import make_genres, make_movie, make_poster_bytes

pytestmark = pytest.mark.django_db
PLOT = "A keeper of a lighthouse finds a message in a bottle."
MOVIES = "/api/v1/movies/"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def api_for(person) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def upload(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("poster.png", data, content_type="image/png")


@pytest.mark.parametrize("path", ["movies/", "movies/1/", "movies/1/plots/", "movies/1/posters/", "genres/"])
def test_strangers_are_refused(path: str) -> None:
    answer = APIClient().get(f"/api/v1/{path}")
    assert answer.status_code == 401
    assert set(answer.json()["error"]) == {"code", "message", "details"}


def test_genres_are_listed_with_their_aliases(ann) -> None:
    make_genres()
    rows = api_for(ann).get("/api/v1/genres/").json()["results"]
    assert len(rows) == 28
    scifi = api_for(ann).get("/api/v1/genres/sci-fi/").json()
    assert scifi["name"] == "Sci-Fi"
    assert "science fiction" in scifi["aliases"]["any"]
    assert "tv sci-fi & fantasy" in scifi["aliases"]["netflix"]


def test_films_are_listed_and_filtered(ann) -> None:
    make_movie("Lighthouse", genres=("Drama",))
    make_movie("Harbour")
    rows = api_for(ann).get(MOVIES).json()["results"]
    assert [row["title"] for row in rows] == ["Harbour", "Lighthouse"]
    (row,) = api_for(ann).get(MOVIES, {"genre": "drama"}).json()["results"]
    assert row["genres"] == ["Drama"]


@pytest.mark.parametrize("query", [{"genre": "nope"}, {"year_from": "x"}, {"q": "a\x00"}, {"kind": "opera"}])
def test_nonsense_filter_is_400_with_its_field(ann, query: dict) -> None:
    answer = api_for(ann).get(MOVIES, query)
    assert answer.status_code == 400
    assert answer.json()["error"]["details"]["field"] == next(iter(query))


def test_lists_cost_the_same_queries_for_one_film_and_for_many(ann, django_assert_num_queries) -> None:
    client = api_for(ann)

    def add(title: str) -> Movie:
        movie = make_movie(title, genres=("Drama", "Crime"), plot=PLOT)
        attach_poster(movie=movie, poster=read_poster(make_poster_bytes()))
        return movie

    first = add("A")
    for _ in range(2):
        with django_assert_num_queries(3):
            client.get(MOVIES)
        with django_assert_num_queries(5):
            client.get(f"{MOVIES}{first.pk}/")
        add("B")
        add("C")
    with django_assert_num_queries(3):
        client.get("/api/v1/genres/")


def test_film_is_made_from_json(ann) -> None:
    make_genres()
    data = {"title": "Lighthouse", "year": 1999, "imdb_id": "tt0081505", "genres": ["Science Fiction", "Drama"]}
    answer = api_for(ann).post(MOVIES, data, format="json")
    assert answer.status_code == 201, answer.json()
    body = answer.json()
    assert body["genres"] == ["Drama", "Sci-Fi"]
    assert {label["person"] for label in body["labels"]} == {"ann"}
    assert Movie.objects.get().created_by == ann


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": ["x"]}, "title"),
        ({"title": "X", "year": 1066}, "year"),
        ({"title": "X", "year": 10**30}, "year"),
        ({"title": "X", "kind": "opera"}, "kind"),
        ({"title": "X", "imdb_id": "7"}, "imdb_id"),
        ({"title": "X", "tmdb_id": 2**31}, "tmdb_id"),
        ({"title": "X", "genres": ["Splatterpunk"]}, "genres"),
        ({"title": "X", "genres": "Drama"}, "genres"),
        ({"title": "X", "genres": ["\x00"]}, "genres"),
    ],
)
def test_bad_film_is_400_with_its_field(ann, data: dict, field: str) -> None:
    make_genres()
    answer = api_for(ann).post(MOVIES, data, format="json")
    assert answer.status_code == 400
    assert answer.json()["error"]["details"]["field"].split(".")[0] == field
    assert not Movie.objects.exists()


@pytest.mark.parametrize(("path", "field"), [("", "title"), ("{pk}/plots/", "text")])
def test_half_of_a_surrogate_pair_is_400(ann, path: str, field: str) -> None:
    movie = make_movie(person=ann)
    body = f'{{"{field}": "{PLOT} \\ud800"}}'
    answer = api_for(ann).post(MOVIES + path.format(pk=movie.pk), body, content_type="application/json")
    assert answer.status_code == 400


def test_body_that_is_no_object_is_400(ann) -> None:
    for body in ("[]", '"x"', "7", "null", "{", "\xff"):
        answer = api_for(ann).post(MOVIES, body, content_type="application/json")
        assert answer.status_code == 400, body


def test_known_id_is_409_with_the_film(ann) -> None:
    first = make_movie(imdb_id="tt0081505")
    answer = api_for(ann).post(MOVIES, {"title": "X", "imdb_id": "tt0081505"}, format="json")
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert (error["code"], error["details"]["movie"], error["details"]["field"]) == (
        "movie_exists",
        first.pk,
        "imdb_id",
    )


def test_fields_that_are_the_sites_own_are_not_taken(ann, ben) -> None:
    make_genres()
    data = {"title": "X", "id": 77, "created_by": ben.pk, "created_at": "2001-01-01T00:00:00Z"}
    assert api_for(ann).post(MOVIES, data, format="json").status_code == 201
    movie = Movie.objects.get()
    assert movie.created_by == ann
    assert movie.created_at.year > 2001


def test_patch_changes_only_what_is_named(ann) -> None:
    movie = make_movie("Old", genres=("Drama",), imdb_id="tt0081505", person=ann)
    body = api_for(ann).patch(f"{MOVIES}{movie.pk}/", {"title": "New", "imdb_id": ""}, format="json").json()
    assert (body["title"], body["year"], body["imdb_id"], body["genres"]) == ("New", 1999, None, ["Drama"])


@pytest.mark.parametrize(("role", "status"), [("ann", 200), ("ben", 403), ("rita", 200), ("sam", 200)])
def test_writing_is_for_creator_reviewers_and_staff(request, ann, role: str, status: int) -> None:
    movie = make_movie(person=ann)
    client = api_for(request.getfixturevalue(role))
    made = 201 if status == 200 else 403
    assert client.patch(f"{MOVIES}{movie.pk}/", {"year": 2000}, format="json").status_code == status
    assert client.post(f"{MOVIES}{movie.pk}/plots/", {"text": PLOT}, format="json").status_code == made
    poster = {"poster": upload(make_poster_bytes())}
    assert client.post(f"{MOVIES}{movie.pk}/posters/", poster, format="multipart").status_code == made


def test_plot_is_added_and_listed(ann) -> None:
    movie = make_movie(person=ann)
    data = {"text": f" {PLOT} ", "source": "archive", "may_train": True}
    assert api_for(ann).post(f"{MOVIES}{movie.pk}/plots/", data, format="json").status_code == 201
    (row,) = api_for(ann).get(f"{MOVIES}{movie.pk}/plots/").json()["results"]
    assert (row["text"], row["source"], row["may_train"]) == (PLOT, "archive", True)
    again = api_for(ann).post(f"{MOVIES}{movie.pk}/plots/", data, format="json")
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "plot_too_short"), ("1" * 40, "plot_without_letters"), (f"{PLOT}\x00", None)],
)
def test_bad_plot_is_400(ann, text: str, code: str | None) -> None:
    movie = make_movie(person=ann)
    answer = api_for(ann).post(f"{MOVIES}{movie.pk}/plots/", {"text": text}, format="json")
    assert answer.status_code == 400
    assert code in (None, answer.json()["error"]["code"])
    assert not movie.plots.exists()


def test_poster_is_added_listed_and_sent(ann, ben) -> None:
    movie = make_movie(person=ann)
    data = {"poster": upload(make_poster_bytes()), "licence": "CC0-1.0"}
    made = api_for(ann).post(f"{MOVIES}{movie.pk}/posters/", data, format="multipart")
    assert made.status_code == 201
    (row,) = api_for(ben).get(f"{MOVIES}{movie.pk}/posters/").json()["results"]
    assert (row["width"], row["height"], row["licence"]) == (80, 120, "CC0-1.0")
    for address in (row["image"], row["thumbnail"]):
        answer = api_for(ben).get(address)
        assert answer["Content-Type"] == "image/webp"
        assert b"".join(answer.streaming_content)[:4] == b"RIFF"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "poster_empty"),
        (b"GIF89a", "poster_not_an_image"),
        (b"\x89PNG\r\n\x1a\n", "poster_truncated"),
    ],
)
def test_bad_poster_is_400_with_its_code(ann, data: bytes, code: str) -> None:
    movie = make_movie(person=ann)
    answer = api_for(ann).post(f"{MOVIES}{movie.pk}/posters/", {"poster": upload(data)}, format="multipart")
    assert answer.status_code == 400
    assert (answer.json()["error"]["code"], answer.json()["error"]["details"]["field"]) == (code, "poster")
    assert not movie.posters.exists()


def test_poster_of_another_film_is_404(ann) -> None:
    movie, other = make_movie(), make_movie()
    poster = attach_poster(movie=movie, poster=read_poster(make_poster_bytes()))
    assert api_for(ann).get(f"{MOVIES}{other.pk}/posters/{poster.pk}/").status_code == 404


@pytest.mark.parametrize("path", ["99/", "99/plots/", "99/posters/", f"{2**70}/"])
def test_film_that_is_not_there_is_404(ann, path: str) -> None:
    assert api_for(ann).get(f"{MOVIES}{path}").status_code == 404


@pytest.mark.parametrize(("method", "path"), [("put", "movies/1/"), ("delete", "movies/1/"), ("post", "genres/")])
def test_other_methods_are_405(ann, method: str, path: str) -> None:
    assert getattr(api_for(ann), method)(f"/api/v1/{path}", {}, format="json").status_code == 405
