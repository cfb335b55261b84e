"""Which labels models may learn from, and in which part each film stands."""

import pytest

from movies.models import GenreLabel, Movie, Plot, SourceRecord
from movies.services import set_genres
from predictor.ml.splits import assign_split
from predictor.training_data import SHARES, gather_labels, learned_labels, limit_learning
from tests.factories import make_feedback, make_genres, make_movie, make_poster_bytes, make_prediction
from tests.predictor.fakes import DULL, FUNNY, SCARY
from tests.predictor.label_maker import make_labelled_films


def make_film(title: str, plot: str, *genres: str, may_train: bool = True, plot_may_train: bool = True) -> Movie:
    movie = make_movie(title, genres=genres or ("Drama",), source="set")
    SourceRecord.objects.create(movie=movie, source="set", title=title, kind="movie", may_train=may_train)
    Plot.objects.create(movie=movie, text=plot, source="set", may_train=plot_may_train)
    return movie


def items(kind: str = "plot") -> dict:
    gathered = gather_labels(kind)
    return {item.film_id: item for rows in gathered.items.values() for item in rows}


def test_a_film_of_a_source_that_allows_it_is_learned_from(db):
    film = make_film("One", SCARY, "Horror", "Drama")
    (item,) = items().values()
    assert (item.film_id, item.genres, item.source, item.unknown) == (
        f"movie:{film.pk}", ("Drama", "Horror"), "set", (),
    )  # fmt: skip


def test_a_source_that_forbids_it_and_a_plot_that_may_not_are_left_out(db):
    make_film("One", SCARY, may_train=False)
    make_film("Two", FUNNY, plot_may_train=False)
    gathered = gather_labels("plot")
    assert not any(gathered.items.values()) and gathered.left_out["not_allowed"] == 1


def test_what_only_a_forbidden_source_says_is_unknown(db):
    film = make_film("One", SCARY, "Drama")
    GenreLabel.objects.create(movie=film, genre=make_genres()["War"], source="elsewhere")
    (item,) = items().values()
    assert (item.genres, item.unknown) == (("Drama",), ("War",))


def test_a_persons_decision_counts_whatever_the_source(db, sam):
    film = make_film("One", SCARY, "Drama", may_train=False)
    set_genres(movie=film, genres=[make_genres()["Western"]], person=sam)
    (item,) = items().values()
    assert (item.genres, item.source) == (("Western",), "person")


def test_accepted_feedback_is_learned_from_and_proposals_and_predictions_are_not(fake_models, ann, rita):
    make_prediction(ann)
    make_feedback(make_prediction(ann, plot=FUNNY), ann)
    accepted = make_feedback(make_prediction(ann, plot=DULL), rita, "War")
    (item,) = items().values()
    assert (item.film_id, item.genres, item.plot) == (f"feedback:{accepted.pk}", ("War",), DULL)


def test_a_correction_of_a_catalogue_film_and_the_film_are_one_example(fake_models, ann, rita):
    film = make_film("One", SCARY, "Drama")
    said = make_feedback(make_prediction(ann, plot=SCARY, movie=film), rita, "Horror")
    (item,) = items().values()
    assert item.genres == ("Horror",)
    assert {label.key for label in item.labels} == {f"movie:{film.pk}", f"feedback:{said.pk}"}


def test_a_correction_of_what_may_not_be_learned_from_is_left_out(fake_models, ann, rita):
    film = make_film("One", SCARY, plot_may_train=False)
    make_feedback(make_prediction(ann, plot=SCARY.upper(), movie=film), rita, "Horror")
    gathered = gather_labels("plot")
    assert not any(gathered.items.values()) and gathered.left_out["not_allowed"] == 2


def test_posters_come_from_accepted_feedback_too(fake_models, ann, rita, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    make_feedback(make_prediction(ann, poster_bytes=make_poster_bytes()), rita, "War")
    rows = [row for rows in gather_labels("poster").posters(tmp_path / "copies").values() for row in rows]
    assert [row.genres for row in rows] == [("War",)] and rows[0].path.is_file()
    assert not any(gather_labels("plot").items.values())


def title_in(split: str) -> str:
    return next(name for name in (f"film {n}" for n in range(500)) if assign_split(name, SHARES) == split)


def test_namesakes_stand_in_one_part_and_twins_of_test_films_are_never_learned_from(db):
    test, train = title_in("test"), title_in("train")
    make_film(test, SCARY)
    make_film(f"{test}!".upper(), FUNNY)
    make_film(train, f"  {SCARY} ")
    gathered = gather_labels("plot")
    assert {split: gathered.count(split) for split in SHARES} == {"train": 0, "validation": 0, "test": 2}
    assert gathered.left_out["same_as_test"] == 1
    assert not list(learned_labels(gathered))


@pytest.mark.parametrize("more", [40, 80])
def test_the_test_films_stay_the_same_as_the_site_grows(db, more):
    make_genres()
    make_labelled_films(60)
    before = gather_labels("plot")
    make_labelled_films(more, start=60)
    after = gather_labels("plot")
    tested = [{item.film_id for item in gathered.items["test"]} for gathered in (before, after)]
    assert tested[0] and tested[0] <= tested[1]
    learned = {label.key for _split, label in learned_labels(after)}
    assert not learned & tested[1] and before.fingerprint != after.fingerprint
    assert gather_labels("plot").fingerprint == after.fingerprint


def test_of_too_many_films_those_that_people_labelled_stay(db, sam):
    make_genres()
    make_labelled_films(60)
    film = Movie.objects.get(title=next(item.group for item in gather_labels("plot").items["train"]).capitalize())
    set_genres(movie=film, genres=[make_genres()["War"]], person=sam)
    gathered = gather_labels("plot")
    before = gathered.count("train")
    limit_learning(gathered, 5)
    assert gathered.count("train") == 5 and gathered.left_out["over_limit"] == before - 5
    assert gathered.items["train"][0].film_id == f"movie:{film.pk}"


def test_the_labels_are_read_in_a_fixed_number_of_queries(db, django_assert_max_num_queries):
    make_genres()
    make_labelled_films(50)
    with django_assert_max_num_queries(8):
        gather_labels("plot")
