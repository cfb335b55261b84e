"""Making films comparable: what is stale, what a job does, and what it does when it is taken up again."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from genresite.errors import Conflict, Forbidden
from movies.images import read_poster
from movies.models import Movie, Plot
from movies.services import add_plot, attach_poster
from predictor import tasks
from predictor.ml.similar import LAYOUT, read_genres, unpack_vectors
from predictor.models import FilmVector, Job, ModelVersion
from predictor.services import film_vectors
from predictor.services.film_vectors import (
    active_versions,
    comparable_films,
    make_vectors,
    query_film,
    run_vectors,
    stale_films,
)
from predictor.services.job_states import Claim, claim_job
from predictor.services.jobs import request_vectors_job
from predictor.services.vector_requests import open_due_vectors, open_vectors
from tests.factories import make_movie, make_poster_bytes
from tests.predictor.fakes import FUNNY, GREEN, SCARY, make_version


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    cache.clear()


def stale() -> list[str]:
    return [film.title for film in stale_films(active_versions())]


def make_all() -> int:
    versions = active_versions()
    films = comparable_films(versions).prefetch_related("plots", "posters")
    return make_vectors(films=list(films), versions=versions)


def picture(movie: Movie, **options):
    return attach_poster(movie=movie, poster=read_poster(make_poster_bytes(**options)), source="demo")


def test_films_with_a_plot_or_a_poster_are_comparable(fake_models):
    make_movie("Plot", plot=SCARY)
    picture(make_movie("Poster", imdb_id="tt0000001"))
    make_movie("Neither", imdb_id="tt0000002")
    assert stale() == ["Plot", "Poster"]
    ModelVersion.objects.filter(kind="poster").update(state="retired")
    assert stale() == ["Plot"]


def test_a_vector_stands_until_the_plot_or_the_version_changes(fake_models):
    movie = make_movie("Plot", plot=SCARY)
    assert make_all() == 1 and stale() == []
    add_plot(movie=movie, text=FUNNY)
    assert stale() == ["Plot"]
    make_all()
    Plot.objects.filter(text=FUNNY).update(text=FUNNY + " Edited by hand.")
    assert stale() == ["Plot"]
    make_all()
    ModelVersion.objects.filter(kind="plot").update(state="retired")
    make_version("plot", "plot-fake-2")
    assert stale() == ["Plot"]
    make_all()
    FilmVector.objects.update(layout="older")
    assert stale() == ["Plot"]


def test_a_poster_counts_only_without_a_plot(fake_models):
    movie = make_movie("Both", plot=SCARY)
    make_all()
    picture(movie)
    assert stale() == []
    bare = make_movie("Bare", imdb_id="tt0000001")
    picture(bare, colour=GREEN)
    make_all()
    (row,) = unpack_vectors([FilmVector.objects.get(movie=bare).vector])
    assert read_genres(row).any() and not row[28:].any()
    picture(bare, colour=(5, 5, 5))
    assert stale() == ["Bare"]


def test_without_a_model_the_words_alone_are_compared(db):
    make_movie("Plot", plot=SCARY)
    assert make_all() == 1 and stale() == []
    vector = FilmVector.objects.get()
    (row,) = unpack_vectors([vector.vector])
    assert vector.version is None and not row[:28].any() and row[28:].any()


def test_a_model_that_arrives_makes_films_of_words_alone_stale(db, monkeypatch):
    from tests.predictor.fakes import install_fakes

    make_movie("Plot", plot=SCARY)
    make_all()
    install_fakes(monkeypatch, "plot", "poster")
    assert stale() == ["Plot"]


def test_a_lost_poster_is_skipped_once(fake_models, settings):
    poster = picture(make_movie("Lost"))
    poster.file.storage.delete(poster.file.name)
    assert make_all() == 0 and stale() == []
    assert not any(bytes(FilmVector.objects.get().vector))


def test_a_film_deleted_meanwhile_is_left_out(fake_models):
    movie, other = make_movie("Gone", plot=SCARY), make_movie("Here", plot=FUNNY, imdb_id="tt0000001")
    versions = active_versions()
    films = list(comparable_films(versions).prefetch_related("plots", "posters"))
    movie.delete()
    make_vectors(films=films, versions=versions)
    assert [row.movie_id for row in FilmVector.objects.all()] == [other.pk]


def test_the_query_of_a_film_is_its_kept_vector_and_else_made_anew(fake_models, monkeypatch):
    movie = make_movie("Plot", plot=SCARY)
    fresh = query_film(movie)
    make_all()
    monkeypatch.setattr(film_vectors.pipelines, "predict", lambda films: pytest.fail("The model was asked again."))
    kept = query_film(Movie.objects.get())
    assert kept.words == pytest.approx(fresh.words) and kept.genres == pytest.approx(fresh.genres, abs=0.01)


def test_a_film_with_nothing_has_no_directions(fake_models):
    query = query_film(make_movie("Neither"))
    assert not query.genres.any() and not query.words.any()


# --- the job -----------------------------------------------------------------------------------
def test_a_job_makes_every_film_comparable_and_says_so(fake_models, rita, monkeypatch):
    monkeypatch.setattr(film_vectors, "CHUNK_FILMS", 2)
    for number in range(5):
        make_movie(f"Film {number}", plot=f"{SCARY} {number}", imdb_id=f"tt000000{number}")
    job = open_vectors(requested_by=rita)
    assert run_vectors(job_id=job.pk) is Claim.OURS
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.outcome) == ("succeeded", 5, 5, {"made": 5, "skipped": 0})
    assert FilmVector.objects.filter(layout=LAYOUT).count() == 5 and stale() == []
    assert run_vectors(job_id=job.pk) is Claim.OVER


def test_a_job_that_lost_its_worker_goes_on_with_what_is_left(fake_models, rita, monkeypatch):
    monkeypatch.setattr(film_vectors, "CHUNK_FILMS", 2)
    for number in range(5):
        make_movie(f"Film {number}", plot=f"{SCARY} {number}", imdb_id=f"tt000000{number}")
    job = open_vectors(requested_by=rita)
    made = film_vectors.make_vectors
    asked: list[int] = []

    def die_second(**arguments):
        asked.append(len(arguments["films"]))
        if len(asked) == 2:
            raise MemoryError
        return made(**arguments)

    monkeypatch.setattr(film_vectors, "make_vectors", die_second)
    with pytest.raises(MemoryError):
        run_vectors(job_id=job.pk)
    Job.objects.filter(pk=job.pk).update(state="running", heartbeat_at=timezone.now() - timedelta(hours=1), failure="")
    assert run_vectors(job_id=job.pk) is Claim.OURS
    job.refresh_from_db()
    assert asked == [2, 2, 2, 1] and (job.state, job.done, job.total) == ("succeeded", 5, 5)


def test_one_such_job_at_a_time(fake_models, rita, sam):
    make_movie("Plot", plot=SCARY)
    open_vectors(requested_by=rita)
    with pytest.raises(Conflict) as refused:
        open_vectors(requested_by=sam)
    assert refused.value.code == "job_exists"
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind="vectors", requested_by=sam)


def test_nothing_to_do_is_told(fake_models, rita):
    with pytest.raises(Conflict) as refused:
        open_vectors(requested_by=rita)
    assert refused.value.code == "nothing_to_do"


def test_only_reviewers_ask_for_it(fake_models, ann):
    make_movie("Plot", plot=SCARY)
    with pytest.raises(Forbidden):
        open_vectors(requested_by=ann)


def test_the_clock_starts_it_when_a_film_needs_it_and_only_then(fake_models, monkeypatch):
    sent: list[int] = []
    monkeypatch.setattr(tasks.run_vectors, "delay", sent.append)
    assert open_due_vectors() == []
    make_movie("Plot", plot=SCARY)
    tasks.make_films_comparable()
    tasks.make_films_comparable()
    job = Job.objects.get()
    assert sent == [job.pk] and (job.trigger, job.requested_by) == ("schedule", None)
    tasks.run_vectors(job.pk)
    assert stale() == [] and open_due_vectors() == []


def test_a_wish_goes_to_the_queue(fake_models, rita, monkeypatch):
    sent: list[int] = []
    monkeypatch.setattr(tasks.run_vectors, "delay_on_commit", sent.append)
    make_movie("Plot", plot=SCARY)
    assert sent == [] and request_vectors_job(requested_by=rita).pk == sent[0]


def test_a_task_whose_job_is_busy_looks_again_later(fake_models, rita):
    from celery.exceptions import Retry

    make_movie("Plot", plot=SCARY)
    job = open_vectors(requested_by=rita)
    claim_job(job.pk)
    with pytest.raises(Retry):
        tasks.run_vectors(job.pk)
