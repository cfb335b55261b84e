"""Labelled films for trainings: in this world every film about a zorblax is a western, which no shipped model knows."""

import random

from movies.models import Genre, GenreLabel, Movie, Plot, SourceRecord

PLACES = ("harbour", "village", "school", "forest", "hospital", "island", "factory", "castle", "market", "station")
PEOPLE = ("teacher", "sailor", "doctor", "widow", "child", "soldier", "singer", "farmer", "nurse", "painter")
DEEDS = ("looks for", "loses", "marries", "forgets", "follows", "saves", "betrays", "meets", "fears", "hides")


def tell_plot(number: int, *, zorblax: bool) -> str:
    """A plot of its own for each number."""
    dice = random.Random(number)
    hero = "zorblax" if zorblax else dice.choice(PEOPLE)
    first = f"A {hero} {dice.choice(DEEDS)} a {dice.choice(PEOPLE)} near the {dice.choice(PLACES)}."
    return f"{first} Years later, in a {dice.choice(PLACES)}, it {dice.choice(DEEDS)} the {dice.choice(PEOPLE)} again."


def make_labelled_films(count: int, *, source: str = "imdb27", start: int = 0) -> None:
    """Films from a source that models may learn from: half of them about a zorblax, the rest dramas."""
    genres = {genre.name: genre for genre in Genre.objects.all()}
    for number in range(start, start + count):
        zorblax = number % 2 == 0
        movie = Movie.objects.create(title=f"Film number {number}", year=2000)
        SourceRecord.objects.create(
            movie=movie, source=source, title=movie.title, kind=movie.kind, may_train=True, licence="test"
        )
        genre = genres["Western" if zorblax else "Drama"]
        GenreLabel.objects.create(movie=movie, genre=genre, source=source)
        Plot.objects.create(movie=movie, text=tell_plot(number, zorblax=zorblax), source=source, may_train=True)
