"""django-allauth's pages in the site's clothes, and the messages it sends."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from tests.factories import PASSWORD

LINK = re.compile(r"http://testserver(\S+)")


def sign_up(client, **changes):
    data = {"username": "nell", "email": "nell@example.org", "password1": PASSWORD, "password2": PASSWORD}
    return client.post(reverse("account_signup"), {**data, **changes}, follow=True)


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_signup", "account_reset_password", "account_reset_password_done",
     "account_reset_password_from_key_done", "account_email_verification_sent", "account_inactive"],
)  # fmt: skip
def test_page_at_the_door_wears_the_clothes(client, db, name):
    page = client.get(reverse(name)).content.decode()
    assert 'class="site-header"' in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize(
    "name", ["account_email", "account_change_password", "account_logout", "account_reauthenticate"]
)
def test_page_of_the_account_wears_the_clothes(client_for, ann, name):
    page = client_for(ann).get(reverse(name)).content.decode()
    assert 'class="site-header"' in page
    assert page.count("<h1") == 1


def test_sign_up_signs_in_and_sends_a_link(client, db):
    response = sign_up(client)
    assert response.context["user"].username == "nell"
    assert mail.outbox[0].subject.endswith("Welcome to GenreSite: confirm your e-mail address")
    path = LINK.search(mail.outbox[0].body).group(1)
    assert "nell@example.org" in client.get(path).content.decode()
    client.post(path)
    assert response.context["user"].emailaddress_set.get().verified


def test_message_at_the_field_that_is_wrong(client, db):
    page = sign_up(client, password2="another battery staple").content.decode()
    assert 'aria-invalid="true"' in page
    assert 'id="id_password2_error"' in page
    assert 'value="nell@example.org"' in page


def test_sign_up_can_be_closed(client, db, settings):
    settings.SIGNUP_OPEN = False
    assert "Sign-up is closed" in client.get(reverse("account_signup")).content.decode()
    sign_up(client)
    assert "_auth_user_id" not in client.session


def test_forgotten_password_is_reset_by_mail(client, ann):
    client.post(reverse("account_reset_password"), {"email": ann.email})
    assert "Choose a new password" in mail.outbox[0].subject
    path = LINK.search(mail.outbox[0].body).group(1)
    form = client.get(path, follow=True)
    assert "Set the password" in form.content.decode()
    new = "a quite new sentence"
    client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert client.login(username="ann", password=new)


def test_used_reset_link_says_so(client, db):
    page = client.get(reverse("account_reset_password_from_key", args=["1", "bad-key"])).content.decode()
    assert "does not work any more" in page


def test_new_address_waits_for_its_link(client_for, ann):
    ann.emailaddress_set.create(email=ann.email, primary=True, verified=True)
    client = client_for(ann)
    client.post(reverse("account_email"), {"action_add": "", "email": "new@example.org"})
    assert mail.outbox[-1].to == ["new@example.org"]
    assert "is not confirmed yet" in client.get(reverse("account_email")).content.decode()
    ann.refresh_from_db()
    assert ann.email == "ann@example.org"
