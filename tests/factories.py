"""Plain makers of rows with fixed values."""

from genresite.accounts.models import REVIEWERS_GROUP, User

PASSWORD = "correct horse battery"


def make_user(name: str = "ann", role: str = "user") -> User:
    """A person: role is "user", "reviewer" or "staff"."""
    from django.contrib.auth.models import Group

    user = User.objects.create_user(name, f"{name}@example.org", PASSWORD, is_staff=role == "staff")
    if role == "reviewer":
        group, _created = Group.objects.get_or_create(name=REVIEWERS_GROUP)
        user.groups.add(group)
    return user


def make_genres() -> dict:
    """The site's 28 genres, by name."""
    from movies.models import Genre
    from movies.services import load_genres

    load_genres()
    return {genre.name: genre for genre in Genre.objects.all()}


def make_movie(title: str = "The Lighthouse Keeper", *, genres: tuple[str, ...] = (), plot: str = "", **facts):
    """A film of 1999, with the named genres (from the source "imdb") and a plot if one is given."""
    from movies.services import add_plot, create_movie

    every = make_genres() if genres else {}
    person = facts.pop("person", None)
    facts.setdefault("year", 1999)
    movie = create_movie(
        title=title,
        genres=[every[name] for name in genres],
        source=facts.pop("source", "imdb"),
        person=person,
        **facts,
    )
    if plot:
        add_plot(movie=movie, text=plot, source="demo", licence="CC0-1.0", person=person)
    return movie


def make_picture(width: int = 80, height: int = 120, colour: tuple[int, int, int] = (180, 40, 60)):
    """A Pillow picture: a coloured ground with a pale bar, so that it is neither flat nor symmetrical."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (width, height), colour)
    ImageDraw.Draw(picture).rectangle((width // 8, height // 8, width // 2, height // 4), fill=(240, 230, 200))
    return picture


def make_poster_bytes(image_format: str = "PNG", *, width: int = 80, height: int = 120, **options) -> bytes:
    """A small poster as the bytes of a file; `colour` and Pillow's save options may be given."""
    import io

    buffer = io.BytesIO()
    picture = make_picture(width, height, options.pop("colour", (180, 40, 60)))
    picture.save(buffer, image_format, **options)
    return buffer.getvalue()


def make_prediction(owner, *, plot: str = "", poster_bytes: bytes | None = None, **facts):
    """A stored prediction of a scary plot, or of what is given; the test needs the fixture `fake_models`."""
    from predictor.services.predictions import record_prediction

    if not plot and poster_bytes is None:
        plot = "A ghost walks through the empty house, and every night it comes closer."
    facts.setdefault("origin", "web")
    return record_prediction(owner=owner, plot=plot, poster_bytes=poster_bytes, **facts)


def make_feedback(prediction, author, *genres: str, note: str = ""):
    """What somebody says of a prediction: Western, unless something else is given."""
    from predictor.services.feedback import record_feedback

    return record_feedback(prediction=prediction, author=author, genres=genres or ("Western",), note=note)
