"""The pages, per role and with bad input."""

import uuid

import pytest
from django.urls import reverse

from movies.images import read_poster
from movies.services import attach_poster
from predictor import pipelines
from predictor.ml.customs import FAMILIES
from predictor.models import Feedback, Job, ModelVersion, Prediction
from predictor.selectors.reports import CATALOGUES
from tests.factories import make_feedback, make_movie, make_poster_bytes, make_prediction
from tests.predictor.fakes import DULL, FUNNY, GREEN, RED, SCARY

PREDICT = "/predict/"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture(autouse=True)
def no_workers(monkeypatch):
    monkeypatch.setattr("predictor.selectors.workers.find_worker_problem", lambda: None)
    from django.core.cache import cache

    cache.clear()


def upload(name: str = "poster.png", **options):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, make_poster_bytes(**options), content_type="image/png")


# --- predict ----------------------------------------------------------------------------------
def test_the_form_carries_what_the_scripts_need(ann, client_for, db):
    page = client_for(ann).get(PREDICT).content.decode()
    for wanted in (
        'data-counter="plot-counter"', 'data-min="20"', 'data-max="20000"', "data-dropzone", "data-preview",
        'accept="image/jpeg,image/png,image/webp"', 'data-max-bytes="10485760"', "data-drop-message",
        "data-submit-once",
    ):  # fmt: skip
        assert wanted in page


def test_a_plot_leads_to_its_result(ann, client_for, fake_models):
    answer = client_for(ann).post(PREDICT, {"plot": SCARY, "title": "The House"}, follow=True)
    prediction = Prediction.objects.get()
    assert answer.redirect_chain == [(f"/predictions/{prediction.pk}/", 302)]
    assert (prediction.owner, prediction.origin) == (ann, "web")
    page = answer.content.decode()
    assert "Horror" in page and "88&nbsp;%" in page and "plot-fake-1" in page


def test_a_poster_leads_to_its_result(ann, client_for, fake_models):
    answer = client_for(ann).post(PREDICT, {"poster": upload(colour=GREEN)}, follow=True)
    assert Prediction.objects.get().kind == "poster" and "Horror" in answer.content.decode()


def test_both_are_shown_side_by_side(ann, client_for, joint_model):
    answer = client_for(ann).post(PREDICT, {"plot": SCARY, "poster": upload(colour=RED)}, follow=True)
    page = answer.content.decode()
    assert "Side by side" in page and all(f"{kind}-fake-1" in page for kind in ("plot", "poster", "both"))


def test_without_a_joint_model_the_page_says_that_it_is_a_mean(ann, client_for, fake_models):
    answer = client_for(ann).post(PREDICT, {"plot": SCARY, "poster": upload(colour=RED)}, follow=True)
    assert "no joint model" in answer.content.decode()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Give a plot, a poster, or both"),
        ({"plot": "short"}, "The plot is too short"),
        ({"plot": "x" * 20_001}, "The plot is too long"),
        ({"plot": "1" * 30}, "The plot has no letters"),
        ({"plot": SCARY + "\x00"}, "Null characters are not allowed"),
        ({"plot": SCARY, "title": "x" * 301}, "at most 300 characters"),
        ({"plot": SCARY, "movie": "999999"}, "Select a valid choice"),
    ],
)
def test_bad_input_keeps_what_was_typed_and_says_why(ann, client_for, fake_models, sent, sentence):
    answer = client_for(ann).post(PREDICT, sent)
    page = answer.content.decode()
    assert answer.status_code == 400 and sentence in page
    assert sent.get("plot", "")[:30].replace("\x00", "") in page
    assert not Prediction.objects.exists()


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"GIF89a" + b"\x00" * 40, make_poster_bytes("JPEG")[:300]])
def test_a_bad_poster_is_refused_at_its_field(ann, client_for, fake_models, data):
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = client_for(ann).post(PREDICT, {"plot": SCARY, "poster": SimpleUploadedFile("p.png", data)})
    page = answer.content.decode()
    assert answer.status_code == 400 and 'id="id_poster_error"' in page and SCARY in page
    assert "choose the poster again" in page and not Prediction.objects.exists()


def test_a_missing_model_keeps_what_was_typed(ann, client_for, db):
    answer = client_for(ann).post(PREDICT, {"plot": SCARY})
    assert answer.status_code == 503
    assert "No model for plots" in answer.content.decode() and SCARY in answer.content.decode()


def test_a_form_sent_twice_leads_to_one_result(ann, client_for, fake_models):
    sent = {"plot": SCARY, "submission": str(uuid.uuid4())}
    client = client_for(ann)
    assert client.post(PREDICT, sent)["Location"] == client.post(PREDICT, sent)["Location"]
    assert Prediction.objects.count() == 1


def test_a_film_fills_the_form_and_lends_its_poster(ann, client_for, fake_models):
    movie = make_movie(plot=FUNNY)
    attach_poster(movie=movie, poster=read_poster(make_poster_bytes(colour=RED)))
    client = client_for(ann)
    page = client.get(f"{PREDICT}?movie={movie.pk}").content.decode()
    assert FUNNY in page and movie.title in page and "Use the poster in the catalogue" in page
    client.post(PREDICT, {"plot": FUNNY, "movie": movie.pk, "use_movie_poster": "on"})
    prediction = Prediction.objects.get()
    assert (prediction.kind, prediction.movie, prediction.title) == ("both", movie, movie.title)


@pytest.mark.parametrize("wanted", ["0", "abc", "-1", "9" * 30, "%00", "²"])
def test_an_unknown_film_is_ignored(ann, client_for, db, wanted):
    assert client_for(ann).get(f"{PREDICT}?movie={wanted}").status_code == 200


# --- one prediction ---------------------------------------------------------------------------
def test_somebody_elses_prediction_is_not_found(ann, ben, rita, sam, client_for, fake_models):
    prediction = make_prediction(ann, poster_bytes=make_poster_bytes())
    make_feedback(prediction, ann)
    addresses = [
        reverse("predictor:detail", args=[prediction.pk]),
        reverse("predictor:poster", args=[prediction.pk]),
    ]
    for person, status in ((ann, 200), (ben, 404), (rita, 200), (sam, 200)):
        answers = [client_for(person).get(address) for address in addresses]
        assert [answer.status_code for answer in answers] == [status, status]
        # What is not read to its end keeps its file open.
        assert b"".join(answers[1])
    posted = client_for(ben).post(reverse("predictor:feedback", args=[prediction.pk]), {"genres": ["Western"]})
    settled = client_for(ben).post(reverse("predictor:settle", args=[Feedback.objects.get().pk]), {"verdict": "accept"})
    assert (posted.status_code, settled.status_code, Feedback.objects.count()) == (404, 404, 1)


def test_strangers_are_sent_to_sign_in(ann, client, fake_models):
    prediction = make_prediction(ann)
    for address in (PREDICT, "/history/", "/models/", "/jobs/", f"/predictions/{prediction.pk}/"):
        assert client.get(address).headers["Location"].startswith("/accounts/login/")


def test_posters_are_sent_for_this_person_only(ann, client_for, fake_models):
    prediction = make_prediction(ann, poster_bytes=make_poster_bytes(width=600, height=900))
    address = reverse("predictor:poster", args=[prediction.pk])
    answer, small = client_for(ann).get(address), client_for(ann).get(f"{address}?size=thumbnail")
    for one in (answer, small):
        assert one["Content-Type"] == "image/webp" and one["X-Content-Type-Options"] == "nosniff"
        assert "private" in one["Cache-Control"]
    assert len(b"".join(small.streaming_content)) < len(b"".join(answer.streaming_content))
    plain = make_prediction(ann)
    assert client_for(ann).get(reverse("predictor:poster", args=[plain.pk])).status_code == 404


def test_an_unsure_answer_says_so(ann, client_for, fake_models):
    prediction = make_prediction(ann, plot=DULL)
    page = client_for(ann).get(prediction.get_absolute_url()).content.decode()
    assert "badge--unsure" in page and "No genre is likely enough" in page


def test_what_people_type_is_shown_as_text(ann, client_for, fake_models):
    prediction = make_prediction(ann, plot=SCARY + " <script>alert(1)</script>", title="<b>x</b>")
    make_feedback(prediction, ann, note="<i>note</i>")
    page = client_for(ann).get(prediction.get_absolute_url()).content.decode()
    assert "<script>alert" not in page and "<b>x</b>" not in page and "<i>note</i>" not in page


# --- feedback ---------------------------------------------------------------------------------
def test_genres_are_corrected_in_place(ann, client_for, fake_models):
    prediction = make_prediction(ann)
    address = reverse("predictor:feedback", args=[prediction.pk])
    answer = client_for(ann).post(address, {"genres": ["Western", "Comedy"], "note": "no ghost"}, follow=True)
    feedback = Feedback.objects.get()
    assert sorted(genre.name for genre in feedback.genres.all()) == ["Comedy", "Western"]
    page = answer.content.decode()
    assert "waits for a reviewer" in page and "no ghost" in page


def test_the_likely_genres_come_first_and_are_ticked(ann, client_for, fake_models):
    page = client_for(ann).get(make_prediction(ann).get_absolute_url()).content.decode()
    ticks = page[page.index('value="Horror" checked') :]
    assert 0 < ticks.index('value="Comedy"') < ticks.index('value="Western"')


def test_htmx_gets_the_panel_alone(ann, client_for, fake_models):
    address = reverse("predictor:feedback", args=[make_prediction(ann).pk])
    headers = {"HX-Request": "true"}
    good = client_for(ann).post(address, {"genres": ["Western"]}, headers=headers)
    bad = client_for(ann).post(address, {"note": "nothing ticked"}, headers=headers)
    assert b"<html" not in good.content and b"your correction is kept" in good.content
    assert bad.status_code == 200 and b"Choose at least one genre" in bad.content and b"nothing ticked" in bad.content


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [({}, "Choose at least one genre"), ({"genres": ["Nonsense"]}, "Select a valid choice"),
     ({"genres": ["Western"], "note": "x" * 501}, "at most 500 characters")],
)  # fmt: skip
def test_bad_feedback_is_refused_on_the_page(ann, client_for, fake_models, sent, sentence):
    answer = client_for(ann).post(reverse("predictor:feedback", args=[make_prediction(ann).pk]), sent)
    assert answer.status_code == 400 and sentence in answer.content.decode() and not Feedback.objects.exists()


def test_reviewers_settle_on_the_page(ann, rita, client_for, fake_models):
    feedback = make_feedback(make_prediction(ann), ann)
    address = reverse("predictor:settle", args=[feedback.pk])
    assert b"Accept" in client_for(rita).get(feedback.prediction.get_absolute_url()).content
    assert b"Accept" not in client_for(ann).get(feedback.prediction.get_absolute_url()).content
    assert client_for(ann).post(address, {"verdict": "accept"}).status_code == 403
    assert client_for(rita).post(address, {"verdict": "maybe"}).status_code == 404
    assert client_for(rita).post(address, {"verdict": "accept"}).status_code == 302
    feedback.refresh_from_db()
    assert (feedback.state, feedback.settled_by) == ("accepted", rita)
    assert client_for(rita).post(address, {"verdict": "reject"}).status_code == 409


# --- history ----------------------------------------------------------------------------------
def test_history_shows_ones_own(ann, ben, rita, client_for, fake_models):
    make_prediction(ann, title="of ann")
    make_prediction(ben, title="of ben")
    seen = [client_for(person).get("/history/").content.decode() for person in (ann, ben, rita)]
    assert [("of ann" in page, "of ben" in page) for page in seen] == [(True, False), (False, True), (True, True)]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("q=ghostly", {"ghostly house"}),
        ("q=circus", {"clowns"}),
        ("q=lighthouse", {"filmed"}),
        ("kind=poster", {"picture"}),
        ("genre=comedy", {"clowns"}),
        ("corrected=true", {"clowns"}),
        ("corrected=false", {"ghostly house", "picture", "filmed"}),
        ("unsure=true", {"picture"}),
        ("since=2999-01-01", set()),
        ("until=1999-01-01", set()),
        ("since=2000-01-01&until=2999-01-01&genre=horror", {"ghostly house", "filmed"}),
        ("q=%25", set()),
    ],
)
def test_history_is_searched_and_narrowed(ann, client_for, fake_models, query, titles):
    make_prediction(ann, title="ghostly house")
    make_feedback(make_prediction(ann, title="clowns", plot=FUNNY), ann)
    make_prediction(ann, title="picture", poster_bytes=make_poster_bytes(colour=(120, 120, 120)))
    make_prediction(ann, title="filmed", movie=make_movie("The Lighthouse Keeper"))
    page = client_for(ann).get(f"/history/?{query}")
    assert {prediction.title for prediction in page.context["page_obj"]} == titles


@pytest.mark.parametrize("query", ["page=999", "page=x", "since=nonsense", "genre=nonsense", "q=%00", "kind=x"])
def test_history_survives_nonsense(ann, client_for, fake_models, query):
    make_prediction(ann)
    assert client_for(ann).get(f"/history/?{query}").status_code == 200


def test_reviewers_narrow_by_owner(ann, ben, rita, client_for, fake_models):
    make_prediction(ann, title="of ann")
    make_prediction(ben, title="of ben")
    found = client_for(rita).get("/history/?owner=BEN").context["page_obj"]
    assert [prediction.title for prediction in found] == ["of ben"]
    assert "owner" not in client_for(ann).get("/history/?owner=ben").context["filter"].form.fields


def test_history_costs_the_same_for_many(ann, client_for, fake_models, django_assert_num_queries):
    client = client_for(ann)
    make_feedback(make_prediction(ann, title="1"), ann)
    make_prediction(ann, title="2", movie=make_movie())
    with django_assert_num_queries(9) as few:
        client.get("/history/")
    for number in range(8):
        make_feedback(make_prediction(ann, title=f"more {number}", plot=f"{FUNNY} {number}"), ann)
    with django_assert_num_queries(len(few)):
        client.get("/history/")


def test_history_pages_and_keeps_the_search(ann, client_for, fake_models):
    for number in range(21):
        make_prediction(ann, title=f"house {number}", plot=f"{SCARY} {number}")
    page = client_for(ann).get("/history/?q=house&page=2")
    assert len(page.context["page_obj"]) == 1 and "q=house" in page.content.decode()


# --- explanations -----------------------------------------------------------------------------
def test_the_page_offers_its_genres_and_asks_no_model(ann, client_for, fake_models, monkeypatch):
    made = make_prediction(ann)
    monkeypatch.setattr("predictor.pipelines.load_version", None)
    page = client_for(ann).get(f"/predictions/{made.pk}/").content.decode()
    assert 'href="?explain=Horror#why"' in page and "Choose a genre" in page and "<mark" not in page


def test_the_page_marks_the_words_that_raised_a_genre(ann, client_for, fake_models):
    made = make_prediction(ann, plot="A <b>ghost</b> & a dog walk through the house every night.")
    page = client_for(ann).get(f"/predictions/{made.pk}/?explain=Horror").content.decode()
    assert '&lt;b&gt;<mark class="why__mark why__mark--up why__mark--3">ghost</mark>&lt;/b&gt; &amp; a dog' in page
    assert "Why Horror?" in page and "×55" in page and 'aria-current="true"' in page


def test_the_page_lays_the_heat_map_over_the_poster(ann, ben, client_for, joint_model, linear_posters):
    made = make_prediction(ann, plot=SCARY, poster_bytes=make_poster_bytes(colour=GREEN))
    page = client_for(ann).get(f"/predictions/{made.pk}/?explain=Horror").content.decode()
    address = f"/predictions/{made.pk}/explanation/poster/?genre=Horror"
    assert f'src="{address}"' in page and "<mark" in page and "style=" not in page
    picture = client_for(ann).get(address)
    assert picture["Content-Type"] == "image/png" and picture.content.startswith(b"\x89PNG")
    assert "private" in picture["Cache-Control"] and picture["X-Content-Type-Options"] == "nosniff"
    assert client_for(ben).get(address).status_code == 404
    assert client_for(ann).get(address.replace("Horror", "Opera")).status_code == 404
    assert client_for(ann).post(address).status_code == 405


def test_a_plot_has_no_heat_map(ann, client_for, fake_models):
    made = make_prediction(ann)
    assert client_for(ann).get(f"/predictions/{made.pk}/explanation/poster/?genre=Horror").status_code == 404


def test_an_unknown_genre_is_refused_on_the_page(ann, client_for, fake_models):
    assert client_for(ann).get(f"/predictions/{make_prediction(ann).pk}/?explain=Opera").status_code == 400


def test_the_page_stays_when_the_version_is_gone(ann, client_for, fake_models, monkeypatch):
    made = make_prediction(ann)
    monkeypatch.undo()
    pipelines.forget_loaded()
    answer = client_for(ann).get(f"/predictions/{made.pk}/?explain=Horror")
    assert answer.status_code == 200 and "its files are not what they should be" in answer.content.decode()


def test_any_genre_can_be_aimed_at(ann, client_for, fake_models):
    made, client = make_prediction(ann), client_for(ann)
    plain = client.get(f"/predictions/{made.pk}/").content.decode()
    assert '<option value="Western">' in plain and "is not named" not in plain
    page = client.get(f"/predictions/{made.pk}/?explain=Western").content.decode()
    assert '<option value="Western" selected>' in page and '<details class="disclosure" open>' in page
    assert "Western is not named: 12\N{NO-BREAK SPACE}% against a threshold of 50\N{NO-BREAK SPACE}%." in page
    assert "Of the other genres named, Horror is the likeliest (88\N{NO-BREAK SPACE}%)." in page
    assert "not what an audience feels" in page


def test_a_film_of_both_says_which_side_falls_short(ann, client_for, joint_model):
    made = make_prediction(ann, plot=SCARY, poster_bytes=make_poster_bytes(colour=RED))
    page = client_for(ann).get(f"/predictions/{made.pk}/?explain=Horror").content.decode()
    assert (
        "By itself the plot reads as Horror (88\N{NO-BREAK SPACE}%" in page
        and "the poster does not (5\N{NO-BREAK SPACE}%" in page
    )


def test_the_page_says_where_a_poster_speaks_against_a_genre(ann, client_for, fake_models, linear_posters):
    made = make_prediction(ann, poster_bytes=make_poster_bytes(colour=RED))
    page = client_for(ann).get(f"/predictions/{made.pk}/?explain=Western").content.decode()
    assert "What speaks most against Western is" in page


def test_an_explained_page_costs_no_more_queries(ann, client_for, fake_models, django_assert_num_queries):
    made, client = make_prediction(ann), client_for(ann)
    with django_assert_num_queries(11) as plain:
        client.get(f"/predictions/{made.pk}/")
    with django_assert_num_queries(len(plain)):
        client.get(f"/predictions/{made.pk}/?explain=Horror")


# --- models, about, jobs ----------------------------------------------------------------------
def test_models_and_about_without_models(ann, client, client_for, db):
    assert "No models are registered yet" in client_for(ann).get("/models/").content.decode()
    assert "No models are registered yet" in client.get("/about/").content.decode()


def test_about_shows_quality_beside_trivial_answers_to_everybody(client, fake_models):
    page = client.get("/about/").content.decode()
    for wanted in ("0.610", "0.350", "0.220", "91 %", "0.012", "1,000 films", "Horror", "90 %"):
        assert wanted in page


@pytest.mark.parametrize(("custom", "said"), [("disney-plus", "as Disney+ would list them"), ("", "")])
def test_about_tells_whose_list_the_site_follows(client, fake_models, settings, custom, said):
    settings.GENRE_CUSTOM = custom
    page = client.get("/about/").content.decode()
    assert said in page
    assert ("would list them" in page) is bool(custom)


def test_every_catalogue_has_a_name():
    assert set(CATALOGUES) == set(FAMILIES)


def test_about_survives_a_version_without_measurements(client, fake_models):
    ModelVersion.objects.update(metrics={})
    assert "was not measured" in client.get("/about/").content.decode()
    ModelVersion.objects.update(metrics={"validation": {"films": 5}})
    assert "5 films of the validation set" in client.get("/about/").content.decode()


def test_models_lists_versions(ann, client_for, fake_models):
    page = client_for(ann).get("/models/").content.decode()
    assert "plot-fake-1" in page and "0.610" in page


def test_a_reviewer_starts_and_cancels_a_job(rita, client_for, fake_models, monkeypatch):
    from predictor import tasks

    monkeypatch.setattr(tasks.run_catalogue, "delay_on_commit", lambda job_id: None)
    make_movie(plot=SCARY)
    client = client_for(rita)
    assert "1 film of the catalogue waits" in client.get("/jobs/").content.decode()
    assert client.post("/jobs/catalogue/").status_code == 302
    assert client.post("/jobs/catalogue/").status_code == 409
    job = Job.objects.get()
    page = client.get("/jobs/").content.decode()
    assert "Waiting" in page and "every 3s" in page
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 302
    assert "Cancelled" in client.get("/jobs/").content.decode()


def test_jobs_are_for_reviewers(ann, rita, client_for, fake_models):
    job = Job.objects.create(kind="catalogue", requested_by=rita, state="failed", failure="The disk is full.")
    assert client_for(ann).post("/jobs/catalogue/").status_code == 403
    assert client_for(ann).post(f"/jobs/{job.pk}/cancel/").status_code == 404
    assert "The disk is full." not in client_for(ann).get("/jobs/").content.decode()
    assert "The disk is full." in client_for(rita).get("/jobs/").content.decode()


def test_jobs_names_films_that_were_left_out(rita, client_for, fake_models):
    movie = make_movie()
    problem = {"movie": movie.pk, "title": movie.title, "message": "The plot is too short."}
    Job.objects.create(
        kind="catalogue", requested_by=rita, state="succeeded", outcome={"skipped": 1, "problems": [problem]}
    )
    assert "The plot is too short." in client_for(rita).get("/jobs/").content.decode()


def test_jobs_says_when_no_worker_answers(rita, client_for, db, monkeypatch):
    monkeypatch.setattr("predictor.selectors.workers.find_worker_problem", lambda: "No worker is running.")
    assert "No worker is running." in client_for(rita).get("/jobs/").content.decode()


@pytest.mark.parametrize(
    ("method", "address"),
    [("post", "/history/"), ("post", "/about/"), ("post", "/models/"), ("get", "/jobs/catalogue/"),
     ("get", "/predictions/1/feedback/"), ("get", "/feedback/1/settle/"), ("post", "/predictions/1/"),
     ("put", "/predict/")],
)  # fmt: skip
def test_only_the_right_method_is_answered(ann, client_for, db, method, address):
    assert getattr(client_for(ann), method)(address).status_code == 405
