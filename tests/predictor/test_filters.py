"""Days as people mean them: whole, in the site's time zone, and looked up by an index."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from predictor.filters import HistoryFilter, PredictionFilter
from predictor.models import Prediction
from tests.factories import make_feedback, make_prediction


def place(prediction: Prediction, moment: datetime) -> Prediction:
    Prediction.objects.filter(pk=prediction.pk).update(created_at=moment)
    return prediction


def find(**days: str) -> set[int]:
    filterset = PredictionFilter(days, queryset=Prediction.objects.all())
    assert filterset.is_valid(), filterset.errors
    return set(filterset.qs.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        ("UTC", datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2026, 3, 9, 18, 30, tzinfo=UTC), datetime(2026, 3, 10, 18, 30, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 10, 4, tzinfo=UTC), datetime(2026, 3, 11, 4, tzinfo=UTC)),
    ],
)
def test_a_day_is_whole_and_the_sites_own(ann, fake_models, zone, first, last):
    tick = timedelta(microseconds=1)
    inside = [place(make_prediction(ann), moment) for moment in (first, first + timedelta(hours=9), last - tick)]
    before, after = place(make_prediction(ann), first - tick), place(make_prediction(ann), last)
    with timezone.override(zone):
        assert find(since="2026-03-10", until="2026-03-10") == {item.pk for item in inside}
        assert find(since="2026-03-10") == {item.pk for item in [*inside, after]}
        assert find(until="2026-03-10") == {item.pk for item in [before, *inside]}


@pytest.mark.parametrize(
    ("zone", "day", "first", "hours"),
    [
        # 25 and 23 hours long, and one whose midnight was left out: it began at one o'clock.
        ("Europe/Berlin", "2026-10-25", datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        ("Europe/Berlin", "2026-03-29", datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
        ("America/Sao_Paulo", "2018-11-04", datetime(2018, 11, 4, 3, tzinfo=UTC), 23),
    ],
)
def test_a_day_ends_when_the_next_begins_though_clocks_change(ann, fake_models, zone, day, first, hours):
    tick, end = timedelta(microseconds=1), first + timedelta(hours=hours)
    inside = [place(make_prediction(ann), moment).pk for moment in (first, end - tick)]
    for moment in (first - tick, end):
        place(make_prediction(ann), moment)
    with timezone.override(zone):
        assert find(since=day, until=day) == set(inside)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_ends_of_the_calendar_narrow_nothing(ann, fake_models, zone):
    made = {make_prediction(ann).pk}
    with timezone.override(zone):
        assert find(since="0001-01-01") == find(until="9999-12-31") == made
        assert find(until="0001-01-01") == find(since="9999-12-31") == set()


def test_days_are_compared_as_moments(db):
    with CaptureQueriesContext(connection) as asked:
        list(HistoryFilter({"since": "2026-03-10", "until": "2026-03-11"}, queryset=Prediction.objects.all()).qs)
    where = asked[0]["sql"].split(" WHERE ")[1]
    assert '"created_at" >= ' in where and '"created_at" < ' in where and "date" not in where.replace("created_at", "")
    assert where.endswith('"created_at" DESC, "predictor_prediction"."id" DESC')


def test_a_page_of_days_comes_in_the_order_of_their_making(ann, client_for, fake_models):
    early, late = make_prediction(ann), make_prediction(ann)
    place(early, datetime(2026, 3, 10, 12, tzinfo=UTC))
    place(late, datetime(2026, 3, 9, 12, tzinfo=UTC))
    shown = client_for(ann).get("/history/?since=2026-03-09").context["page_obj"].object_list
    assert list(shown) == [early, late]
    assert list(client_for(ann).get("/history/").context["page_obj"].object_list) == [late, early]


def test_the_api_leafs_through_days_without_losing_a_row(ann, client_for, fake_models):
    made = [place(make_prediction(ann), datetime(2026, 3, 10, 12 + n // 2, tzinfo=UTC)).pk for n in range(7)]
    place(make_prediction(ann), datetime(2026, 3, 12, tzinfo=UTC))
    address, seen = "/api/v1/predictions/?since=2026-03-10&until=2026-03-11&page_size=2", []
    while address:
        answer = client_for(ann).get(address).json()
        seen += [row["id"] for row in answer["results"]]
        address = answer["next"]
    assert seen == sorted(made, reverse=True)


def test_a_cursor_of_another_order_is_no_page(ann, client_for, fake_models):
    make_prediction(ann)
    answer = client_for(ann).get("/api/v1/predictions/?since=2026-03-10&cursor=cD1lbGV2ZW4%3D")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("person", ["ann", "rita"])
def test_a_narrowed_list_takes_fewer_than_ten_queries(
    request, person, ann, client_for, fake_models, django_assert_max_num_queries
):
    for _number in range(3):
        make_feedback(make_prediction(ann), ann)
    browser = client_for(request.getfixturevalue(person))
    # Session, person, role, genres; the count, the page, its genres, its feedback with genres.
    with django_assert_max_num_queries(9):
        answer = browser.get("/history/?genre=horror&kind=plot&since=2026-01-01")
    assert len(answer.context["page_obj"].object_list) == 3
    assert answer.content.decode().count("<option") > 28


def test_an_unknown_genre_is_refused_in_words(ann, client_for, fake_models):
    make_prediction(ann)
    assert "Select a valid choice" in client_for(ann).get("/history/?genre=polka").content.decode()
    assert client_for(ann).get("/api/v1/predictions/?genre=polka").json()["error"]["details"]["field"] == "genre"
