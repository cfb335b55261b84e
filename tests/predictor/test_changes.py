"""What changed between versions: comparison, flips, corrections, drift; the pages and the API."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from genresite.errors import Forbidden, InvalidInput, NotFound
from predictor import tasks
from predictor.models import Job, ModelVersion, Prediction, VersionAnswer
from predictor.selectors import changes, drift
from predictor.selectors.changes import Change, find_pair, read_comparison, read_corrections
from predictor.selectors.drift import read_drift
from predictor.selectors.timelines import read_changes_page
from predictor.services.reruns import ask_version
from tests.factories import make_feedback, make_prediction
from tests.predictor.fakes import FUNNY, METRICS, SCARY, FakePipeline, make_version


@pytest.fixture(autouse=True)
def no_memory():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def contrary(fake_models, monkeypatch) -> ModelVersion:
    """A candidate plot version that says Western of everything and nothing else."""
    version = make_version("plot", "plot-fake-2", "candidate")
    plain = FakePipeline._one

    def one(self, item):
        return [-4.0, -4.0, 4.0] if self.version == version.name else plain(self, item)

    monkeypatch.setattr(FakePipeline, "_one", one)
    return version


@pytest.fixture
def queued(monkeypatch) -> list[int]:
    numbers: list[int] = []
    monkeypatch.setattr(tasks.run_rerun, "delay_on_commit", numbers.append)
    return numbers


def ask(version: ModelVersion, *predictions: Prediction) -> None:
    ask_version(version=version, predictions=list(predictions))


def compare(user, before: ModelVersion, after: ModelVersion, page=1):
    return read_comparison(user=user, before=before, after=after, page=page)


# --- which two


def test_the_active_and_the_newest_are_compared_by_default(fake_models, contrary):
    assert find_pair() == (fake_models["plot"], contrary)
    assert find_pair(after="plot-fake-1") == (contrary, fake_models["plot"])
    assert find_pair(before="plot-fake-2") == (contrary, fake_models["plot"])


def test_without_two_versions_of_a_kind_there_is_nothing_to_compare(fake_models):
    assert find_pair() is None
    with pytest.raises(InvalidInput, match="no other version"):
        find_pair(before="plot-fake-1")


def test_strangers_and_versions_of_two_kinds_are_refused(fake_models, contrary):
    with pytest.raises(NotFound, match="no model version nobody"):
        find_pair("nobody")
    for names in (("plot-fake-1", "poster-fake-1"), ("plot-fake-1", "plot-fake-1")):
        with pytest.raises(InvalidInput, match="two different versions"):
            find_pair(*names)


# --- figures


@pytest.mark.parametrize(
    ("before", "after", "lower_is_better", "verdict"),
    [
        ([0.4, 0.5], [0.51, 0.6], False, "better"),
        ([0.51, 0.6], [0.4, 0.5], False, "worse"),
        ([0.51, 0.6], [0.4, 0.5], True, "better"),
        ([0.4, 0.5], [0.5, 0.6], False, ""),
        (None, [0.5, 0.6], False, ""),
    ],
)
def test_a_verdict_needs_intervals_that_do_not_touch(before, after, lower_is_better, verdict):
    change = Change("F1", 0.45, 0.55, before, after, lower_is_better=lower_is_better)
    assert change.verdict == verdict
    assert change.difference == pytest.approx(0.1)


def test_genres_are_listed_by_gain_and_unknown_ones_last(fake_models, contrary, ann):
    table = {name: dict(row) for name, row in METRICS["test"]["per_genre"].items()}
    table["Western"]["f1"], table["Comedy"]["f1"] = 0.75, 0.25
    del table["Horror"]
    contrary.metrics = {"test": {**METRICS["test"], "per_genre": table}}
    contrary.save()
    found = compare(ann, fake_models["plot"], contrary)
    assert [(row.name, row.difference) for row in found.genres] == [
        ("Western", pytest.approx(0.2)),
        ("Comedy", pytest.approx(-0.3)),
        ("Horror", None),
    ]
    assert found.same_films is False
    assert found.figures[0].before == 0.61 and found.figures[0].before_interval == [0.6, 0.62]


# --- flips


def test_flips_are_predictions_with_other_genres(ann, fake_models, contrary):
    scary, western = make_prediction(ann, plot=SCARY), make_prediction(ann, plot="A cowboy rides alone at noon.")
    make_prediction(ann, plot=FUNNY)  # nobody asked the other version about it
    ask(contrary, scary, western)
    found = compare(ann, fake_models["plot"], contrary)
    assert (found.compared, found.flipped) == (2, 1)
    (flip,) = found.flip_rows
    assert (flip.after.prediction_id, flip.gained, flip.lost) == (scary.pk, ["Western"], ["Horror"])


def test_people_see_flips_of_their_own_and_reviewers_all(ann, ben, rita, fake_models, contrary):
    ask(contrary, make_prediction(ann, plot=SCARY), make_prediction(ben, plot=SCARY))
    counts = [compare(person, fake_models["plot"], contrary).flipped for person in (ann, ben, rita)]
    assert counts == [1, 1, 2]


def test_only_the_newest_answers_are_looked_at(ann, fake_models, contrary, monkeypatch):
    predictions = [make_prediction(ann, plot=SCARY) for _number in range(4)]
    ask(contrary, *predictions)
    monkeypatch.setattr(changes, "NEWEST_ANSWERS", 3)
    found = compare(ann, fake_models["plot"], contrary)
    assert (found.compared, [flip.after.prediction_id for flip in found.flip_rows]) == (
        3,
        [prediction.pk for prediction in predictions[:0:-1]],
    )


def test_a_page_of_flips_takes_a_fixed_number_of_queries(
    ann, rita, fake_models, contrary, django_assert_max_num_queries, client_for
):
    address = reverse("predictor:compare") + "?from=plot-fake-1&to=plot-fake-2"
    client = client_for(rita)
    counts = []
    for _round in range(2):
        for _number in range(4):
            prediction = make_prediction(ann, plot=SCARY)
            make_feedback(prediction, rita)
            ask(contrary, prediction)
        with django_assert_max_num_queries(40) as taken:
            assert client.get(address).status_code == 200
        counts.append(len(taken))
    assert counts[0] == counts[1]


# --- corrections


def test_corrections_are_held_against_each_version(ann, rita, fake_models, contrary):
    western, horror, both = (make_prediction(ann, plot=SCARY) for _number in range(3))
    now_right = make_feedback(western, rita, "Western")
    now_wrong = make_feedback(horror, rita, "Horror")
    make_feedback(both, rita, "Western", "Horror")
    make_feedback(make_prediction(ann, plot=SCARY), ann, "Western")  # only proposed
    ask(contrary, western, horror, both)
    found = compare(rita, fake_models["plot"], contrary)
    old, new = found.corrections
    assert (old.answered, old.exact, new.exact) == (3, {now_wrong.pk}, {now_right.pk})
    # Each version says one genre a film: 3 said, 4 wanted, 2 of them hit.
    assert (old.f1, new.f1) == (pytest.approx(4 / 7), pytest.approx(4 / 7))
    assert (found.now_right, found.now_wrong) == ([now_right], [now_wrong])


def test_a_genre_whose_name_is_part_of_another_is_not_mixed_up(ann, rita, fake_models):
    version = fake_models["plot"]
    prediction = make_prediction(ann, plot=SCARY)
    make_feedback(prediction, rita, "Music")
    VersionAnswer.objects.create(
        version=version, prediction=prediction, decided="|Musical|", decided_count=1, scores={}, unsure=False
    )
    assert read_corrections(user=rita, version=version).exact == frozenset()


def test_corrections_of_nobody_asked_have_no_figures(rita, fake_models):
    found = read_corrections(user=rita, version=fake_models["plot"])
    assert (found.answered, found.exact_share, found.f1) == (0, None, None)


# --- drift


def weeks_ago(prediction: Prediction, weeks: int) -> None:
    moment = timezone.now() - timedelta(weeks=weeks)
    Prediction.objects.filter(pk=prediction.pk).update(created_at=moment)


def test_weeks_are_counted_each_for_itself(ann, rita, fake_models):
    old, new = make_prediction(ann, plot=SCARY), make_prediction(ann, plot=FUNNY)
    weeks_ago(old, 2)
    found = read_drift(user=rita, version=fake_models["plot"], weeks=3)
    assert [week.counts.films for week in found.weeks] == [1, 0, 1]
    assert [week.counts.genres for week in found.weeks] == [{"Horror": 1}, {}, {"Comedy": 1}]
    assert found.weeks[-1].mean_first == pytest.approx(max(new.scores.values()))
    assert found.weeks[1].mean_first is None and found.weeks[1].genres.level == "few"
    # Three probabilities: one of 0.88 and two of 0.12.
    assert found.weeks[-1].counts.tenths == [0, 2, 0, 0, 0, 0, 0, 0, 1, 0]
    assert all(week.start.weekday() == 0 for week in found.weeks)


def test_a_week_of_one_genre_has_drifted_from_even_test_films(ann, rita, fake_models):
    for _number in range(60):
        make_prediction(ann, plot=SCARY)
    week = read_drift(user=rita, version=fake_models["plot"]).weeks[-1]
    assert week.genres.level == "drifted"
    assert (week.moved[0].name, week.moved[0].observed) == ("Horror", 1.0)
    assert week.moved[0].expected == pytest.approx(1 / 3)
    assert week.confidence is None  # these measurements keep no tenths


def test_percentages_are_compared_where_the_measurements_keep_tenths(ann, rita, fake_models):
    version = fake_models["plot"]
    tenths = [[0, 0, 0]] * 10
    tenths[1], tenths[8] = [2000, 0.12, 0.1], [1000, 0.88, 0.9]
    version.metrics = {"test": {**METRICS["test"], "reliability": {"all": tenths}}}
    for _number in range(80):
        make_prediction(ann, plot=SCARY)
    assert read_drift(user=rita, version=version).weeks[-1].confidence.level == "steady"


def test_of_a_busy_week_a_sample_is_drawn(ann, rita, fake_models, monkeypatch):
    monkeypatch.setattr(drift, "SAMPLE_FILMS", 5)
    for _number in range(21):
        make_prediction(ann, plot=SCARY)
    counts = read_drift(user=rita, version=fake_models["plot"]).weeks[-1].counts
    assert counts.films == 21
    assert 4 <= counts.drawn <= 5  # every fifth number


def test_a_week_that_is_over_is_kept(ann, rita, fake_models, django_assert_num_queries):
    weeks_ago(make_prediction(ann, plot=SCARY), 1)
    first = read_drift(user=rita, version=fake_models["plot"])
    with django_assert_num_queries(0):
        assert read_drift(user=rita, version=fake_models["plot"]) == first


def test_drift_is_for_reviewers(ann, fake_models):
    with pytest.raises(Forbidden):
        read_drift(user=ann, version=fake_models["plot"])


def test_strides_are_prime():
    assert [drift._next_prime(number) for number in (2, 4, 8, 9, 90)] == [2, 5, 11, 11, 97]


# --- the pages


def test_versions_over_time_are_drawn_with_their_intervals(ann, rita, fake_models, contrary, client_for):
    page = read_changes_page(user=ann)
    assert [timeline.kind for timeline in page.timelines] == ["plot", "poster"]
    chart = page.timelines[0].charts[0]
    assert chart.rows == [["plot-fake-1", "0.610", "0.600–0.620"], ["plot-fake-2", "0.610", "0.600–0.620"]]
    assert page.drift is None
    html = client_for(ann).get(reverse("predictor:changes")).content.decode()
    assert "<svg" in html and "<title" in html and "<desc" in html and 'id="drift"' not in html
    html = client_for(rita).get(reverse("predictor:changes") + "?version=poster-fake-1").content.decode()
    assert 'id="drift"' in html and "What poster-fake-1 said each week" in html


def test_an_unknown_version_is_not_found(rita, fake_models, client_for):
    assert client_for(rita).get(reverse("predictor:changes") + "?version=x").status_code == 404
    assert client_for(rita).get(reverse("predictor:compare") + "?from=x").status_code == 404


def test_a_page_without_models_says_so(rita, db, client_for):
    assert client_for(rita).get(reverse("predictor:changes")).status_code == 200
    assert "Nothing to compare yet" in client_for(rita).get(reverse("predictor:compare")).content.decode()


def test_the_comparison_shows_flips_with_links_and_offers_the_rerun(ann, fake_models, contrary, client_for):
    asked, waiting = make_prediction(ann, plot=SCARY, title="The Empty House"), make_prediction(ann, plot=SCARY)
    ask(contrary, asked)
    html = client_for(ann).get(reverse("predictor:compare")).content.decode()
    assert f'<a href="/predictions/{asked.pk}/">The Empty House</a>' in html
    assert "1 of your predictions was not put to plot-fake-2 yet" in html
    assert "Check all corrections" not in html
    assert f"/predictions/{waiting.pk}/" not in html


def test_the_button_starts_the_job_and_a_second_press_is_told(ann, fake_models, contrary, client_for, queued):
    make_prediction(ann, plot=SCARY)
    sent = {"version": "plot-fake-2", "scope": "history"}
    client = client_for(ann)
    assert client.post(reverse("predictor:request_rerun"), sent)["Location"] == reverse("predictor:jobs")
    assert Job.objects.get().parameters["scope"] == "history"
    assert client.post(reverse("predictor:request_rerun"), sent).status_code == 409
    assert client.get(reverse("predictor:request_rerun")).status_code == 405
    assert client.post(reverse("predictor:request_rerun"), {"version": "x"}).status_code == 404


# --- the API


def test_the_api_compares(ann, rita, fake_models, contrary, client_for):
    prediction = make_prediction(ann, plot=SCARY)
    correction = make_feedback(prediction, rita, "Western")
    ask(contrary, prediction)
    body = client_for(ann).get("/api/v1/models/compare/?from=plot-fake-1&to=plot-fake-2").json()
    assert (body["before"], body["after"], body["compared"], body["flipped"]) == ("plot-fake-1", "plot-fake-2", 1, 1)
    assert body["flips"][0] == {
        "prediction": prediction.pk,
        "title": "",
        "before": ["Horror"],
        "after": ["Western"],
        "gained": ["Western"],
        "lost": ["Horror"],
    }
    assert body["corrections"][1] == {"version": "plot-fake-2", "checked": 1, "exact": 1, "f1": 1.0}
    assert body["now_right"] == [{"feedback": correction.pk, "prediction": prediction.pk, "genres": ["Western"]}]


def test_the_api_refuses_in_words(ann, fake_models, client_for):
    client = client_for(ann)
    assert client.get("/api/v1/models/compare/").json()["error"]["code"] == "nothing_to_compare"
    assert client.get("/api/v1/models/compare/?from=x").status_code == 404
    assert client.get("/api/v1/models/drift/").status_code == 403
    assert client.post("/api/v1/models/reruns/", {}).json()["error"]["details"]["field"] == "version"


def test_the_api_gives_drift_that_is_json(rita, fake_models, client_for):
    body = client_for(rita).get("/api/v1/models/drift/?version=plot-fake-1").json()
    assert (body["version"], body["split"], body["films"], body["hit_at_1"]) == ("plot-fake-1", "test", 1000, 0.7)
    assert len(body["weeks"]) == 8
    assert body["weeks"][0]["genres"] == {"index": 0.0, "noise": None, "level": "few"}


def test_the_api_starts_a_rerun(ann, fake_models, contrary, client_for, queued):
    make_prediction(ann, plot=SCARY)
    client = client_for(ann)
    answer = client.post("/api/v1/models/reruns/", {"version": "plot-fake-2"})
    assert (answer.status_code, answer.json()["kind"], answer.json()["total"]) == (202, "rerun", 1)
    assert client.post("/api/v1/models/reruns/", {"version": "plot-fake-2"}).status_code == 409
    assert client.post("/api/v1/models/reruns/", {"version": "plot-fake-2", "scope": "all"}).status_code == 400
