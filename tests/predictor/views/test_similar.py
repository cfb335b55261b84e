"""Films that are alike, on the pages and in the API: which come, in which order, and why."""

import pytest
from django.core.cache import cache
from django.test import Client

from genresite.accounts.services import create_token
from movies.images import read_poster
from movies.models import Movie
from movies.services import add_plot, attach_poster
from predictor.film_index import index
from predictor.models import Job
from predictor.selectors.similar import SimilarFilm, read_similar_to_film, read_similar_to_prediction
from predictor.services.film_vectors import active_versions, comparable_films, make_vectors
from tests.factories import make_movie, make_poster_bytes, make_prediction
from tests.predictor.fakes import FUNNY, GREEN

STORM = "A ghost keeps the lighthouse burning while a storm drowns the harbour of the island."
SEA = "Two sisters wait in a lighthouse for the storm to end, and a ghost waits on the stairs."
DESERT = "A cowboy rides through the desert to hang an outlaw who robbed the railway."


@pytest.fixture(autouse=True)
def empty_memory(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    cache.clear()
    index.forget()
    yield
    index.forget()


def make_films(**plots: str) -> dict[str, Movie]:
    made = {}
    for number, (name, plot) in enumerate(plots.items()):
        genres = ("Western",) if plot is DESERT else ("Horror", "Mystery")
        made[name] = make_movie(name.title(), genres=genres, plot=plot, imdb_id=f"tt000000{number}")
    return made


def compare_all() -> None:
    versions = active_versions()
    make_vectors(films=list(comparable_films(versions).prefetch_related("plots", "posters")), versions=versions)


@pytest.fixture
def films(fake_models) -> dict[str, Movie]:
    made = make_films(sea=SEA, desert=DESERT, circus=FUNNY)
    compare_all()
    return made


@pytest.fixture
def made(ann, films):
    return make_prediction(ann, plot=STORM, title="The Lamp")


def titles(page) -> list[str]:
    return [similar.movie.title for similar in page.films]


def test_the_nearest_comes_first_with_a_plain_reason(made):
    page = read_similar_to_prediction(made)
    assert titles(page)[0] == "Sea"
    nearest = page.films[0]
    assert nearest.reason == "Shares Horror; both tell of “lighthouse”, “storm” and “ghost”."
    assert nearest.score == pytest.approx(0.4 * nearest.genre_score + 0.6 * nearest.word_score, abs=1e-3)
    assert (page.ready, page.total, page.waiting, page.by_genres_only) == (3, 3, 0, False)


def test_the_page_shows_posters_reasons_and_the_way_back(made, ann, films, client_for):
    attach_poster(movie=films["sea"], poster=read_poster(make_poster_bytes()), source="demo")
    page = client_for(ann).get(f"/predictions/{made.pk}/similar/").content.decode()
    assert "Films like The Lamp" in page and "both tell of “lighthouse”" in page and made.get_absolute_url() in page
    assert "/catalogue/posters/" in page and "can be compared so far" not in page
    assert "/similar/" in client_for(ann).get(made.get_absolute_url()).content.decode()


def test_a_film_of_the_catalogue_is_not_like_itself(films, ann, client_for):
    assert titles(read_similar_to_film(films["sea"]))[:1] != ["Sea"]
    answer = client_for(ann).get(f"/catalogue/{films['sea'].pk}/similar/")
    assert answer.status_code == 200 and "Films like Sea (1999)" in answer.content.decode()
    assert (
        f"/catalogue/{films['sea'].pk}/similar/"
        in client_for(ann).get(f"/catalogue/{films['sea'].pk}/").content.decode()
    )


def test_the_film_of_a_prediction_and_its_doubles_are_left_out(ann, films):
    double = make_movie("SEA", plot=SEA + " Told once more.", imdb_id="tt0000009")
    compare_all()
    made = make_prediction(ann, plot=STORM, movie=films["sea"])
    assert not {"Sea", "SEA"} & set(titles(read_similar_to_prediction(made)))
    other = make_prediction(ann, plot=STORM)
    assert len({"Sea", "SEA"} & set(titles(read_similar_to_prediction(other)))) == 1
    assert double.pk


def test_a_poster_alone_is_compared_by_genres(ann, films):
    made = make_prediction(ann, poster_bytes=make_poster_bytes(colour=GREEN))
    page = read_similar_to_prediction(made)
    assert page.by_genres_only and titles(page)[0] == "Sea" and page.films[0].word_score == 0
    assert page.films[0].reason == "Shares Horror."


def test_films_that_are_not_ready_are_counted(made, rita, ann, films, client_for, monkeypatch):
    make_movie("Late", plot=DESERT + " Later.", imdb_id="tt0000008")
    cache.clear()
    address = f"/predictions/{made.pk}/similar/"
    own, reviewers = (client_for(person).get(address).content.decode() for person in (ann, rita))
    assert "3 of 4 films can be compared so far" in own
    assert "Read them now" in reviewers and "Read them now" not in own
    monkeypatch.setattr("predictor.tasks.run_vectors.delay_on_commit", lambda pk: None)
    assert client_for(rita).post("/jobs/vectors/")["Location"] == "/jobs/"
    assert Job.objects.get().kind == "vectors"


def test_films_that_find_no_room_do_not_wait(made, settings):
    settings.SIMILAR_FILMS = 2
    index.forget()
    page = read_similar_to_prediction(made)
    assert (page.ready, page.waiting, titles(page)) == (2, 0, ["Circus"])


def test_an_empty_catalogue_says_so_with_a_way_on(fake_models, ann, client_for):
    made = make_prediction(ann, plot=STORM)
    page = client_for(ann).get(f"/predictions/{made.pk}/similar/").content.decode()
    assert "No films to compare with yet" in page and "/catalogue/new/" in page


def test_a_film_without_plot_and_poster_is_like_nothing(films, ann, client_for):
    bare = make_movie("Bare", imdb_id="tt0000009")
    assert "Nothing is like it" in client_for(ann).get(f"/catalogue/{bare.pk}/similar/").content.decode()


def test_a_film_deleted_since_is_not_found(made, films):
    read_similar_to_prediction(made)
    films["sea"].delete()
    assert "Sea" not in titles(read_similar_to_prediction(made))


def test_a_new_plot_is_searched_once_it_was_read(made, films):
    read_similar_to_prediction(made)
    add_plot(movie=films["circus"], text=STORM + " Nearly the same.")
    compare_all()
    assert titles(read_similar_to_prediction(made))[0] == "Circus"


def test_nobody_looks_through_somebody_elses_prediction(made, ben, client_for):
    assert client_for(ben).get(f"/predictions/{made.pk}/similar/").status_code == 404
    assert client_for(ben).get(f"/api/v1/predictions/{made.pk}/similar/").status_code == 404


@pytest.mark.parametrize(
    ("genres", "words", "reason"),
    [
        (["War"], [], "Shares War."),
        ([], ["sea", "storm"], "Both tell of “sea” and “storm”."),
        ([], [], "The models score both much alike."),
        (["War", "Drama", "Horror"], ["sea"], "Shares War, Drama and Horror; both tell of “sea”."),
    ],
)
def test_reasons_in_words(genres, words, reason):
    assert SimilarFilm(Movie(), 0.5, 0.5, 0.5, genres, words).reason == reason


@pytest.mark.parametrize(
    ("genres", "words", "genre_score", "kept"),
    [(["War"], [], 0.1, True), ([], ["sea"], 0.1, True), ([], [], 0.8, True), ([], [], 0.79, False)],
)
def test_a_film_is_only_named_with_a_reason(genres, words, genre_score, kept):
    assert SimilarFilm(Movie(), 0.5, genre_score, 0.5, genres, words).has_reason is kept


def test_what_has_nothing_in_common_is_not_named_for_want_of_better(made, films):
    assert titles(read_similar_to_prediction(made)) == ["Sea", "Circus"]


def test_before_any_film_was_read_the_page_asks_for_patience(fake_models, ann, client_for):
    make_films(sea=SEA)
    made = make_prediction(ann, plot=STORM)
    page = client_for(ann).get(f"/predictions/{made.pk}/similar/").content.decode()
    assert "Not ready yet" in page and "Nothing is like it" not in page


# --- the API -----------------------------------------------------------------------------------
@pytest.fixture
def api(ann):
    return Client(headers={"Authorization": f"Token {create_token(user=ann, name='p', lifetime=None)[1]}"})


def test_the_api_tells_the_same(made, films, api):
    body = api.get(f"/api/v1/predictions/{made.pk}/similar/?count=1").json()
    assert (body["ready"], body["waiting"], body["by_genres_only"], len(body["results"])) == (3, 0, False, 1)
    first = body["results"][0]
    assert first["movie"]["title"] == "Sea" and first["shared_genres"] == ["Horror"]
    assert first["shared_words"][:2] == ["lighthouse", "storm"] and 0 < first["word_score"] < first["score"] < 1
    of_film = api.get(f"/api/v1/movies/{films['sea'].pk}/similar/").json()
    assert "Sea" not in [row["movie"]["title"] for row in of_film["results"]]


@pytest.mark.parametrize("count", ["0", "51", "many"])
def test_the_count_has_a_rule(made, api, count):
    answer = api.get(f"/api/v1/predictions/{made.pk}/similar/?count={count}")
    assert answer.status_code == 400 and answer.json()["error"]["details"]["field"] == "count"


def test_reviewers_start_the_job_by_the_api(films, rita, ann, api, monkeypatch):
    monkeypatch.setattr("predictor.tasks.run_vectors.delay_on_commit", lambda pk: None)
    make_movie("Late", plot=DESERT + " Later.", imdb_id="tt0000008")
    send = {"data": {"kind": "vectors"}, "content_type": "application/json"}
    assert api.post("/api/v1/jobs/", **send).status_code == 403
    token = create_token(user=rita, name="p", lifetime=None)[1]
    answer = Client(headers={"Authorization": f"Token {token}"}).post("/api/v1/jobs/", **send)
    assert answer.status_code == 202 and answer.json()["kind"] == "vectors"
