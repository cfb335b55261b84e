"""The style guide is for staff, and shows every genre once as a chip."""

from movies.vocabulary import GENRES


def test_staff_see_every_genre(client_for, sam):
    response = client_for(sam).get("/styleguide/")
    page = response.content.decode()
    assert response.status_code == 200
    assert all(f">{genre}</li>" in page for genre in GENRES)
    assert 'aria-invalid="true"' in page


def test_others_are_told_whom_it_is_for(client_for, ann, rita):
    for person in (ann, rita):
        response = client_for(person).get("/styleguide/")
        assert response.status_code == 403
        assert "for the people who run this site" in response.content.decode()


def test_stranger_is_asked_to_sign_in(client, db):
    assert client.get("/styleguide/").status_code == 302
