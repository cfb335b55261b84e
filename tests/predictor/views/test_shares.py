"""Share links on the pages: what strangers see, and what they do not."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from genresite.accounts.services.deletion import delete_account
from predictor.explanation_panel import Segment
from predictor.models import ModelVersion, Prediction, ShareLink
from predictor.selectors.shares import cut_excerpt, read_shared_page
from predictor.services.feedback import settle_feedback
from predictor.services.shares import create_share, read_token
from tests.factories import PASSWORD, make_feedback, make_poster_bytes, make_prediction
from tests.predictor.fakes import FUNNY, SCARY

CSRF = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
PLOT = f"{SCARY} {FUNNY} " + "Nobody in the village speaks of it, and the sea keeps what it was given. " * 6 + "Theend."


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    cache.clear()


@pytest.fixture
def made(ann, fake_models):
    return make_prediction(
        ann, plot=PLOT, poster_bytes=make_poster_bytes(colour=(30, 250, 30)), title="The Empty House"
    )


def percent(prediction) -> int:
    return round(100 * prediction.scores["Horror"])


def open_link(prediction, query: str = "", **shown):
    token = read_token(create_share(prediction=prediction, **shown))
    return Client().get(f"/s/{token}/{query}")


def test_a_stranger_sees_the_result_and_nothing_about_its_owner(made):
    answer = open_link(made)
    page = answer.content.decode()
    assert (
        answer.status_code == 200
        and "The Empty House" in page
        and "Horror" in page
        and f"{percent(made)}&nbsp;%" in page
    )
    assert "ann" not in page.replace("channel", "") and SCARY not in page and f"/predictions/{made.pk}" not in page
    assert "/history/" not in page and "/shares/" not in page and 'class="poster"' not in page


def test_nobody_keeps_or_lists_it(made):
    answer = open_link(made, show_poster=True)
    page = answer.content.decode()
    assert 'name="robots" content="noindex' in page and "noindex" in answer["X-Robots-Tag"]
    assert answer["Cache-Control"] == "private, no-store" and answer["Referrer-Policy"] == "same-origin"
    token = read_token(ShareLink.objects.get())
    for address in (f"/s/{token}/poster/", f"/s/{token}/heat/?genre=Horror"):
        picture = Client().get(address)
        content = b"".join(picture)  # closes the file
        assert picture.status_code == 200 and content and picture["Cache-Control"] == "private, no-store"
        assert "noindex" in picture["X-Robots-Tag"]


def test_a_preview_tells_title_genres_and_poster(made):
    page = open_link(made, show_poster=True).content.decode()
    assert '<meta property="og:title" content="The Empty House">' in page
    assert f'<meta property="og:description" content="Horror {percent(made)} %' in page
    token = read_token(ShareLink.objects.get())
    assert f'property="og:image" content="http://testserver/s/{token}/poster/"' in page


def test_the_plot_is_shown_only_as_it_begins_and_only_if_ticked(made):
    page = open_link(made, show_plot=True).content.decode()
    assert "How the plot begins" in page and SCARY in page and "Theend" not in page and "…" in page


def test_pictures_of_a_link_without_them_are_not_there(made):
    open_link(made)
    token = read_token(ShareLink.objects.get())
    assert [Client().get(f"/s/{token}/{name}/?genre=Horror").status_code for name in ("poster", "heat")] == [404, 404]


def test_the_reasons_come_as_words_without_the_plot(made):
    page = open_link(made, "?explain=Horror").content.decode()
    assert "Why Horror?" in page and "ghost" in page and SCARY not in page and "/heat/" not in page


def test_the_reasons_come_with_the_poster_where_it_is_shown(linear_posters, made):
    page = open_link(made, "?explain=Horror", show_poster=True, show_plot=True).content.decode()
    assert "/heat/?genre=Horror" in page and "why__mark--up" in page


def test_genres_that_are_not_likely_are_not_explained(made):
    page = open_link(made, "?explain=Western").content.decode()
    assert "Why this genre?" in page


def test_without_its_model_the_stored_answer_stands(made, monkeypatch):
    from genresite.errors import Unavailable
    from predictor import pipelines

    ModelVersion.objects.update(state="retired")

    def gone(version):
        raise Unavailable("It is gone.")

    monkeypatch.setattr(pipelines, "load_version", gone)
    page = open_link(made, "?explain=Horror").content.decode()
    assert f"{percent(made)}&nbsp;%" in page and "It is gone." in page


def test_what_ended_and_what_never_was_look_the_same(made, ann, client_for):
    token = read_token(create_share(prediction=made))
    client_for(ann).post(f"/predictions/{made.pk}/share/revoke/")
    pages = set()
    for address in (f"/s/{token}/", "/s/never-was/", "/s/no.letters!/"):
        answer = Client().get(address)
        assert answer.status_code == 404
        pages.add(CSRF.sub("", answer.content.decode().replace(address, "")))
    assert len(pages) == 1 and "This link opens nothing" in pages.pop()


def test_too_many_looks_are_refused_with_a_page(made, settings):
    settings.SHARE_VIEWS_AN_HOUR = 1
    token = read_token(create_share(prediction=made))
    answers = [Client().get(f"/s/{token}/") for _time in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429] and answers[1]["Retry-After"]


def test_only_reading_is_allowed(made):
    token = read_token(create_share(prediction=made))
    assert Client().post(f"/s/{token}/").status_code == 405


# --- the owner ---------------------------------------------------------------------------------
def test_the_owner_makes_a_link_sees_it_again_and_takes_it_back(made, ann, client_for):
    client, page = client_for(ann), f"/predictions/{made.pk}/"
    sent = client.post(f"{page}share/", {"show_poster": "on", "days": "30"})
    assert (sent.status_code, sent["Location"]) == (302, f"{page}#share")
    link = ShareLink.objects.get()
    assert (link.show_plot, link.show_poster) == (False, True)
    assert timedelta(days=29) < link.expires_at - timezone.now() < timedelta(days=31)
    address = f"http://testserver/s/{read_token(link)}/"
    for _time in range(2):
        answer = client.get(page)
        assert f'readonly value="{address}"' in answer.content.decode() and "no-store" in answer["Cache-Control"]
    listed = client.get("/shares/")
    assert address in listed.content.decode() and "no-store" in listed["Cache-Control"]
    assert client.post(f"{page}share/revoke/", {"back": "shares"})["Location"] == "/shares/"
    assert not ShareLink.objects.exists() and "Nothing is shared" in client.get("/shares/").content.decode()


def test_a_second_press_shows_the_link_that_is_there(made, ann, client_for):
    create_share(prediction=made)
    answer = client_for(ann).post(f"/predictions/{made.pk}/share/", {"days": "never"})
    assert answer.status_code == 409 and "has a link already" in answer.content.decode()
    assert ShareLink.objects.count() == 1


def test_a_wrong_choice_is_shown_at_its_field(made, ann, client_for):
    answer = client_for(ann).post(f"/predictions/{made.pk}/share/", {"days": "12"})
    assert answer.status_code == 400 and "12 is not one of the available choices" in answer.content.decode()


def test_an_expired_link_is_told_as_such(made, ann, client_for):
    create_share(prediction=made, days=1)
    ShareLink.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert "its time is over" in client_for(ann).get("/shares/").content.decode()
    assert "Make the link" in client_for(ann).get(f"/predictions/{made.pk}/").content.decode()


def test_nobody_else_shares_or_sees_the_link(made, ben, rita, sam, client_for):
    address = read_token(create_share(prediction=made))
    for person in (ben, rita, sam):
        client = client_for(person)
        assert client.post(f"/predictions/{made.pk}/share/", {"days": "7"}).status_code == 404
        assert client.post(f"/predictions/{made.pk}/share/revoke/").status_code == 404
        assert address not in client.get(f"/predictions/{made.pk}/").content.decode()
    assert ShareLink.objects.count() == 1


def test_deleting_the_account_closes_links_of_predictions_that_stay(made, ann, rita):
    settle_feedback(feedback=make_feedback(made, ann, "Horror"), reviewer=rita, accept=True)
    create_share(prediction=made)
    delete_account(user=ann, password=PASSWORD)
    assert Prediction.objects.filter(pk=made.pk, owner=None).exists() and not ShareLink.objects.exists()


def test_the_download_tells_of_links_but_not_how_to_open_them(made, ann):
    from predictor.personal_data import _read_shares

    token = read_token(create_share(prediction=made, show_plot=True))
    (row,) = _read_shares(ann)
    assert row["prediction"] == made.pk and row["show_plot"] and token not in str(row)


# --- the excerpt -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (["short"], "short"),
        (["a ghost walks"], "a ghost…"),
        (["a ghost ", "walks on"], "a ghost …"),
        (["abcdefghijklmn"], "…"),
        (["aaaa bbbbb", " cc"], "aaaa bbbbb…"),
    ],
)
def test_an_excerpt_ends_between_words(pieces, expected):
    assert "".join(piece.text for piece in cut_excerpt([Segment(piece) for piece in pieces], most=10)) == expected


def test_phrases_that_are_sentences_are_told_only_with_the_plot(made, monkeypatch):
    token = read_token(create_share(prediction=made))
    page = read_shared_page(token=token, address="192.0.2.1")
    long, short = Segment("she ran all the way home", 1, 1.0), Segment("the ghost", 1, 0.9)
    assert page._tellable([long, short]) == [short]
