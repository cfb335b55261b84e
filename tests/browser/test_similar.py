"""From a result to films that are like it, and on from film to film, in Chromium."""

from playwright.sync_api import expect

from predictor.film_index import index
from predictor.services.film_vectors import active_versions, comparable_films, make_vectors
from tests.browser.test_pages import check_accessibility, check_fits_a_phone
from tests.factories import make_movie, make_prediction, make_user

PLOTS = {
    "The Beacon": "Two sisters wait in a lighthouse for the storm to end, and a ghost waits on the stairs.",
    "Dust": "A cowboy rides through the desert to hang an outlaw who robbed the railway.",
}


def test_similar_films_are_found_from_a_result_and_from_a_film(open_page, fake_models):
    for number, (title, plot) in enumerate(PLOTS.items()):
        make_movie(title, genres=("Horror",), plot=plot, imdb_id=f"tt000000{number}")
    versions = active_versions()
    index.forget()
    ann = make_user()
    made = make_prediction(ann, plot="A ghost keeps the lighthouse burning in the storm.", title="The Lamp")
    page = open_page(made.get_absolute_url(), user=ann)
    page.get_by_role("link", name="Find similar films").click()
    expect(page.get_by_role("status")).to_contain_text("0 of 2 films can be compared so far")
    check_accessibility(page)

    make_vectors(films=list(comparable_films(versions).prefetch_related("plots", "posters")), versions=versions)
    page.reload()
    first = page.get_by_role("list", name="Similar films").get_by_role("listitem").first
    expect(first).to_contain_text("The Beacon")
    expect(first).to_contain_text("both tell of")
    check_accessibility(page)
    check_fits_a_phone(page)

    first.get_by_role("link").click()
    page.get_by_role("link", name="Find similar films").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Films like The Beacon (1999)")
    expect(page.get_by_text("Dust")).to_be_visible()
