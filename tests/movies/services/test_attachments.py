"""Plots and posters of films."""

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError

from genresite.errors import Conflict, InvalidInput
from movies.images import read_poster
from movies.models import Poster
from movies.services import add_plot, attach_poster
from tests.factories import make_movie, make_poster_bytes

pytestmark = pytest.mark.django_db
PLOT = "A keeper of a lighthouse finds a message in a bottle."


@pytest.fixture(autouse=True)
def _media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def stored_files(settings) -> list[str]:
    return sorted(path.name for path in settings.MEDIA_ROOT.rglob("*.webp"))


def test_plot_is_added_with_its_origin(ann) -> None:
    plot = add_plot(movie=make_movie(), text=f" {PLOT} ", source="archive", licence="CC0-1.0", person=ann)
    assert (plot.text, plot.language, plot.source, plot.may_train, plot.added_by) == (PLOT, "en", "archive", False, ann)


def test_same_plot_twice_conflicts() -> None:
    movie = make_movie(plot=PLOT)
    with pytest.raises(Conflict) as caught:
        add_plot(movie=movie, text=PLOT)
    assert caught.value.code == "plot_exists"


def test_bad_plot_is_not_kept() -> None:
    movie = make_movie()
    with pytest.raises(InvalidInput):
        add_plot(movie=movie, text="short")
    assert not movie.plots.exists()


def test_poster_is_kept_under_names_of_the_site(ann, settings) -> None:
    verified = read_poster(make_poster_bytes())
    poster = attach_poster(movie=make_movie(), poster=verified, source="archive", may_train=True, person=ann)
    poster.refresh_from_db()
    for name, content in ((poster.file.name, verified.webp), (poster.thumbnail.name, verified.thumbnail)):
        with default_storage.open(name) as file:
            assert file.read() == content
    assert (poster.sha256, poster.width, poster.height) == (verified.sha256, 80, 120)
    assert len(stored_files(settings)) == 2


def test_same_poster_twice_conflicts_and_leaves_no_file(settings) -> None:
    movie, verified = make_movie(), read_poster(make_poster_bytes())
    attach_poster(movie=movie, poster=verified)
    with pytest.raises(Conflict):
        attach_poster(movie=movie, poster=verified)
    assert len(stored_files(settings)) == 2


@pytest.mark.parametrize(
    ("fault", "raised"), [(IntegrityError("twice"), Conflict), (RuntimeError("away"), RuntimeError)]
)
def test_files_are_removed_when_the_row_fails(settings, monkeypatch, fault: Exception, raised: type[Exception]) -> None:
    def fail(*args, **kwargs):
        raise fault

    monkeypatch.setattr(Poster, "save", fail)
    with pytest.raises(raised):
        attach_poster(movie=make_movie(), poster=read_poster(make_poster_bytes()))
    assert stored_files(settings) == []
