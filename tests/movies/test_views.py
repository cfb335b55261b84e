"""The catalogue's pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from movies.images import read_poster
from movies.models import Genre, Movie
from movies.services import add_plot, attach_poster
from tests.factories import make_genres, make_movie, make_poster_bytes

pytestmark = pytest.mark.django_db
PLOT = "A keeper of a lighthouse finds a message in a bottle."


@pytest.fixture(autouse=True)
def _media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(data: bytes, name: str = "poster.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/png")


def make_poster(movie: Movie):
    return attach_poster(movie=movie, poster=read_poster(make_poster_bytes()))


def test_pages_send_strangers_to_sign_in(client) -> None:
    movie = make_movie()
    poster = make_poster(movie)
    for address in (
        reverse("movies:list"),
        movie.get_absolute_url(),
        reverse("movies:create"),
        reverse("movies:edit", args=[movie.pk]),
        reverse("movies:poster", args=[poster.pk]),
    ):
        answer = client.get(address)
        assert answer.status_code == 302
        assert "login" in answer.url


def test_list_shows_films_with_their_genres(client_for, ben) -> None:
    make_movie("Lighthouse", genres=("Sci-Fi",))
    page = client_for(ben).get(reverse("movies:list")).content.decode()
    assert "Lighthouse" in page
    assert 'data-genre="sci-fi"' in page


def test_empty_catalogue_invites_to_add(client_for, ann) -> None:
    page = client_for(ann).get(reverse("movies:list")).content.decode()
    assert "No films yet" in page


def test_search_without_result_says_so(client_for, ann) -> None:
    make_movie()
    page = client_for(ann).get(reverse("movies:list"), {"q": "zzz"}).content.decode()
    assert "Nothing found" in page


@pytest.mark.parametrize(
    "query", ["?page=999", "?page=x", "?page=" + "9" * 50, "?year_from=%00", "?q=%00", "?genre=%ff"]
)
def test_nonsense_in_the_address_is_survived(client_for, ann, query: str) -> None:
    make_movie()
    assert client_for(ann).get(reverse("movies:list") + query).status_code == 200


def test_list_costs_the_same_queries_for_one_film_and_for_many(client_for, ann, django_assert_num_queries) -> None:
    client = client_for(ann)
    make_poster(make_movie("A", genres=("Drama",), plot=PLOT))
    with django_assert_num_queries(8):
        client.get(reverse("movies:list"))
    for index in range(5):
        make_poster(make_movie(f"B{index}", genres=("Drama", "Crime"), plot=PLOT))
    with django_assert_num_queries(8):
        client.get(reverse("movies:list"))


def test_detail_shows_plot_provenance_and_the_way_to_predict(client_for, ben) -> None:
    movie = make_movie("Lighthouse", genres=("Drama",), plot=PLOT, imdb_id="tt0081505")
    make_poster(movie)
    page = client_for(ben).get(movie.get_absolute_url()).content.decode()
    assert PLOT in page
    assert ">imdb</td>" in page
    assert "CC0-1.0" in page
    assert f"?movie={movie.pk}" in page
    assert "/edit/" not in page


def test_detail_costs_the_same_queries_for_little_and_much(client_for, ann, django_assert_num_queries) -> None:
    client = client_for(ann)
    little = make_movie("A", genres=("Drama",), plot=PLOT, person=ann)
    much = make_movie("B", genres=("Drama", "Crime", "Horror"), plot=PLOT, person=ann)
    make_poster(little)
    make_poster(much)
    add_plot(movie=much, text=f"{PLOT} Again.", person=ann)
    for movie in (little, much):
        with django_assert_num_queries(13):
            client.get(movie.get_absolute_url())


@pytest.mark.parametrize("pk", [0, 99, 2**70])
def test_film_that_is_not_there_is_404(client_for, ann, pk: int) -> None:
    assert client_for(ann).get(f"/catalogue/{pk}/").status_code == 404


def test_title_is_escaped(client_for, ann) -> None:
    movie = make_movie("<script>alert(1)</script>", plot=f"<img src=x onerror=alert(1)> {PLOT}")
    page = client_for(ann).get(movie.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_film_is_added_with_genres_plot_and_poster(client_for, ann) -> None:
    genres = make_genres()
    answer = client_for(ann).post(
        reverse("movies:create"),
        {
            "title": "Lighthouse",
            "year": "1999",
            "kind": "movie",
            "imdb_id": "tt0081505",
            "genres": [genres["Drama"].pk, genres["Horror"].pk],
            "plot": PLOT,
            "plot_licence": "CC0-1.0",
            "plot_may_train": "on",
            "poster": upload(make_poster_bytes()),
        },
    )
    movie = Movie.objects.get()
    assert (answer.status_code, answer.url) == (302, movie.get_absolute_url())
    assert movie.created_by == ann
    assert [genre.name for genre in movie.genres.all()] == ["Drama", "Horror"]
    plot, poster = movie.plots.get(), movie.posters.get()
    assert (plot.text, plot.licence, plot.may_train, plot.source, plot.language) == (
        PLOT,
        "CC0-1.0",
        True,
        "person",
        "en",
    )
    assert (poster.may_train, poster.added_by) == (False, ann)


def test_title_alone_is_enough(client_for, ann) -> None:
    assert client_for(ann).post(reverse("movies:create"), {"title": "X", "kind": "movie"}).status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "The title is missing."),
        ("title", "x" * 301, "The title is too long"),
        ("title", "a\x00b", "Null characters"),
        ("year", "1066", "The year must be from 1888"),
        ("year", "9" * 30, "The year must be from 1888"),
        ("kind", "opera", "not one of the available choices"),
        ("imdb_id", "7", "An IMDb id is"),
        ("tmdb_id", "9999999999", "A TMDB id is"),
        ("genres", "777", "not one of the available choices"),
        ("plot", "short", "The plot is too short"),
        ("plot", "12345678901234567890 12", "The plot has no letters"),
        ("plot", "x" * 20_001, "The plot is too long"),
        ("plot_language", "english", "The language must be a code"),
        ("plot_source", "x" * 61, "The source is too long"),
        ("poster", b"", "The poster&#x27;s file is empty"),
        ("poster", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "this is a SVG file"),
        ("poster", b"\x89PNG\r\n\x1a\n", "cut off or damaged"),
        ("poster", b"GIF89a......", "this is a GIF file"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_saved(client_for, ann, field: str, value, sentence: str) -> None:
    data = {"title": "Lighthouse", "kind": "movie", field: upload(value) if field == "poster" else value}
    answer = client_for(ann).post(reverse("movies:create"), data)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert list(answer.context["form"].errors) == [field]
    assert not Movie.objects.exists()


def test_known_id_is_refused_with_a_link_to_the_film(client_for, ann) -> None:
    first = make_movie("The <Shining>", imdb_id="tt0081505")
    answer = client_for(ann).post(reverse("movies:create"), {"title": "X", "kind": "movie", "imdb_id": "tt0081505"})
    assert answer.status_code == 400
    assert f'<a href="{first.get_absolute_url()}">The &lt;Shining&gt; (1999)</a>' in answer.content.decode()


def test_edit_form_is_filled_with_what_is_there(client_for, ann) -> None:
    movie = make_movie("Lighthouse", genres=("Drama",), imdb_id="tt0081505", person=ann)
    page = client_for(ann).get(reverse("movies:edit", args=[movie.pk])).content.decode()
    assert 'value="Lighthouse"' in page
    assert page.count("checked") == 1


def test_film_is_changed_by_its_creator(client_for, ann) -> None:
    movie = make_movie("Old", genres=("Drama",), person=ann)
    horror = Genre.objects.get(name="Horror")
    data = {"title": "New", "kind": "show", "genres": [horror.pk], "plot": PLOT}
    assert client_for(ann).post(reverse("movies:edit", args=[movie.pk]), data).status_code == 302
    movie.refresh_from_db()
    assert (movie.title, movie.kind, movie.year) == ("New", "show", None)
    assert [genre.name for genre in movie.genres.all()] == ["Horror"]
    assert movie.plots.get().added_by == ann


def test_same_plot_and_poster_again_are_refused(client_for, ann) -> None:
    movie = make_movie("Lighthouse", plot=PLOT, person=ann)
    make_poster(movie)
    data = {"title": "Lighthouse", "kind": "movie", "plot": PLOT, "poster": upload(make_poster_bytes())}
    answer = client_for(ann).post(reverse("movies:edit", args=[movie.pk]), data)
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"plot", "poster"}


@pytest.mark.parametrize(("role", "status"), [("ann", 200), ("ben", 403), ("rita", 200), ("sam", 200)])
def test_edit_is_for_creator_reviewers_and_staff(request, client_for, ann, role: str, status: int) -> None:
    movie = make_movie(person=ann)
    client = client_for(request.getfixturevalue(role))
    address = reverse("movies:edit", args=[movie.pk])
    assert client.get(address).status_code == status
    answer = client.post(address, {"title": "Changed", "kind": "movie"})
    assert answer.status_code == (302 if status == 200 else 403)
    assert Movie.objects.filter(title="Changed").exists() == (status == 200)


@pytest.mark.parametrize("name", ["movies:list", "movies:create"])
def test_other_methods_are_refused(client_for, ann, name: str) -> None:
    assert client_for(ann).delete(reverse(name)).status_code == 405


@pytest.mark.parametrize(("size", "side"), [("", 120), ("thumbnail", 120)])
def test_poster_is_sent_as_a_private_picture(client_for, ben, size: str, side: int) -> None:
    poster = make_poster(make_movie())
    answer = client_for(ben).get(reverse("movies:poster", args=[poster.pk]), {"size": size})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"].startswith("private")
    assert read_poster(b"".join(answer.streaming_content)).height == side


def test_poster_whose_file_is_gone_is_404(client_for, ben) -> None:
    poster = make_poster(make_movie())
    poster.file.delete(save=False)
    type(poster).objects.filter(pk=poster.pk).update(file="posters/gone.webp")
    assert client_for(ben).get(reverse("movies:poster", args=[poster.pk])).status_code == 404


def test_admin_pages_open(client_for, sam) -> None:
    sam.is_superuser = True
    sam.save()
    movie = make_movie(genres=("Drama",), plot=PLOT)
    client = client_for(sam)
    for address in (
        reverse("admin:movies_movie_changelist"),
        reverse("admin:movies_movie_change", args=[movie.pk]),
        reverse("admin:movies_genre_changelist"),
        reverse("admin:movies_genre_change", args=[Genre.objects.first().pk]),
        reverse("admin:movies_genrealias_changelist"),
    ):
        assert client.get(address).status_code == 200


def test_import_is_for_staff(client, client_for, ann, rita, sam) -> None:
    address = reverse("movies:import")
    assert "login" in client.get(address).url
    for person in (ann, rita):
        assert client_for(person).get(address).status_code == 403
        assert client_for(person).post(address, {"file": upload(b"x")}).status_code == 403
        assert address not in client_for(person).get(reverse("movies:list")).content.decode()
    browser = client_for(sam)
    assert address in browser.get(reverse("movies:list")).content.decode()
    page = browser.get(address)
    assert page.status_code == 200
    assert "import_movies" in page.content.decode()
    assert browser.put(address).status_code == 405


def test_staff_bring_in_a_file(client_for, sam) -> None:
    lines = f"1 ::: Light (1999) ::: slow <cinema> ::: {PLOT}\nbad\n".encode()
    given = {"file": upload(lines, "films.txt"), "format": "imdb27", "source": "ours", "licence": "", "dry_run": "on"}
    page = client_for(sam).post(reverse("movies:import"), given)
    assert page.status_code == 200
    assert "Dry run" in page.content.decode()
    assert not Movie.objects.exists()
    page = (
        client_for(sam)
        .post(reverse("movies:import"), {**given, "file": upload(lines, "films.txt"), "dry_run": "", "may_train": "on"})
        .content.decode()
    )
    assert "slow &lt;cinema&gt;" in page
    assert "The line must be" in page
    record = Movie.objects.get(title="Light").records.get()
    assert (record.source, record.may_train) == ("ours", True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": "person"}, "stands for people"),
        ({"format": "imdb-list"}, "Select a valid choice"),
        ({"file": None}, "This field is required"),
    ],
)
def test_import_with_bad_input_says_so(client_for, sam, changes: dict, words: str) -> None:
    given = {"file": upload(b"x"), "format": "imdb27", "source": "", **changes}
    page = client_for(sam).post(
        reverse("movies:import"), {name: value for name, value in given.items() if value is not None}
    )
    assert page.status_code == 400
    assert words in page.content.decode()


def test_import_of_a_file_that_cannot_be_read_says_so(client_for, sam) -> None:
    page = client_for(sam).post(reverse("movies:import"), {"file": upload(b""), "format": "plots-csv"})
    assert page.status_code == 400
    assert "Nothing could be brought in" in page.content.decode()


def test_import_of_a_large_file_is_for_the_command(client_for, sam, settings) -> None:
    settings.MAX_REQUEST_BYTES = 100_000
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = None
    from movies.forms import ImportForm

    form = ImportForm({"format": "imdb27"}, {"file": upload(b"x" * 100_001)})
    assert "The command takes larger ones" in form.errors["file"][0]


def test_title_edit_is_no_decision_about_genres(client_for, sam) -> None:
    movie = make_movie(genres=("Drama",))
    drama = Genre.objects.get(name="Drama").pk
    address = reverse("movies:edit", args=[movie.pk])
    client_for(sam).post(address, {"title": "Better", "kind": "movie", "genres": [drama]})
    movie.refresh_from_db()
    assert (movie.title, movie.genres_decided_at) == ("Better", None)
    client_for(sam).post(address, {"title": "Better", "kind": "movie", "genres": []})
    movie.refresh_from_db()
    assert movie.genres_decided_at is not None
    assert not movie.genres.exists()
