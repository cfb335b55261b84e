"""Posters of the demo catalogue, drawn by this code alone: original flat art, the same for the same title."""

import io
import zlib
from collections.abc import Callable, Iterable
from typing import Final

from PIL import Image

from movies.demo.canvas import HEIGHT, WIDTH, Canvas, plain_capitals
from movies.demo.palettes import PALETTES
from movies.demo.scenes import journeys, night, signs, stage

SIZE: Final = (600, 900)
Scene = Callable[[Canvas], None]

# What a film of the demo catalogue shows: scene and palette.
_BY_TITLE: Final[dict[str, tuple[Scene, str]]] = {
    "Nosferatu": (night.castle, "moss"),
    "Nanook of the North": (stage.arctic, "ice"),
    "The General": (journeys.locomotive, "sepia"),
    "Metropolis": (night.deco_towers, "sepia"),
    "City Lights": (night.two_moons, "cobalt"),
    "Snow White and the Seven Dwarfs": (stage.apple_wood, "moss_red"),
    "The Wizard of Oz": (journeys.emerald_road, "emerald"),
    "Citizen Kane": (signs.snow_globe, "noir"),
    "The Maltese Falcon": (night.bird_statue, "noir"),
    "Casablanca": (journeys.last_plane, "sepia"),
    "Double Indemnity": (night.blinds, "noir"),
    "Singin' in the Rain": (night.lamp_street, "cobalt"),
    "High Noon": (journeys.noon, "desert"),
    "Seven Samurai": (journeys.banners, "steel"),
    "The Red Balloon": (stage.red_balloon, "paris"),
    "Paths of Glory": (journeys.searchlights, "moss"),
    "Vertigo": (stage.spiral, "ember"),
    "Some Like It Hot": (stage.palms, "rose"),
    "The Twilight Zone": (night.planet, "noir"),
    "Psycho": (night.hill_house, "midnight"),
    "La Jetée": (journeys.pier, "noir"),
    "Lawrence of Arabia": (night.dunes, "dune"),
    "The Tonight Show Starring Johnny Carson": (stage.curtain, "carnival"),
    "2001: A Space Odyssey": (night.monolith, "cobalt"),
    "Once Upon a Time in the West": (night.desert, "desert"),
    "60 Minutes": (signs.stopwatch, "steel"),
    "The Godfather": (night.skyline, "sepia"),
    "The Exorcist": (night.street_lamp_fog, "violet_fog"),
    "Chinatown": (journeys.water_sun, "ember"),
    "Rocky": (stage.ring_ropes, "ember"),
    "Star Wars": (night.twin_suns, "violet"),
    "Alien": (night.egg, "phosphor"),
    "The Shining": (night.hill_house, "blood"),
    "Raiders of the Lost Ark": (journeys.temple, "ember"),
    "Blade Runner": (night.neon_city, "neon"),
    "E.T. the Extra-Terrestrial": (stage.night_wood, "midnight"),
    "Amadeus": (stage.score, "sepia"),
    "Jeopardy!": (signs.quiz_board, "cobalt"),
    "Back to the Future": (signs.lightning, "violet"),
    "Die Hard": (night.one_tower, "ember"),
    "When Harry Met Sally...": (night.park, "citrus"),
    "The Silence of the Lambs": (signs.moth, "blood"),
    "Groundhog Day": (signs.morning_clock, "ice"),
    "Schindler's List": (signs.name_list, "list"),
    "The Lion King": (journeys.pride_rock, "savannah"),
    "Hoop Dreams": (stage.hoop, "violet"),
    "Toy Story": (signs.toy_blocks, "meadow"),
    "Titanic": (stage.liner, "midnight"),
    "The Matrix": (night.code_rain, "phosphor"),
    "Spirited Away": (signs.lanterns, "teal_night"),
    "The Lord of the Rings: The Fellowship of the Ring": (stage.mountains, "teal"),
    "Planet Earth": (stage.globe, "deep"),
    "Breaking Bad": (journeys.hexagons, "emerald"),
    "Man on Wire": (stage.wire, "ice"),
    "The Great British Bake Off": (signs.tent, "meadow"),
    "Whiplash": (stage.drums, "ember"),
    "Mad Max: Fury Road": (journeys.road, "desert"),
    "La La Land": (journeys.dusk_dance, "violet"),
    "Parasite": (journeys.stairs, "moss"),
    "Everything Everywhere All at Once": (signs.circles, "carnival"),
    "Oppenheimer": (signs.atom, "ember"),
}
# What any other film shows, by its most telling genre; the first genre of this list that it has decides.
_BY_GENRE: Final[dict[str, tuple[Scene, tuple[str, ...]]]] = {
    "Western": (night.desert, ("desert", "ember")),
    "Horror": (night.hill_house, ("blood", "midnight", "moss")),
    "Film-Noir": (night.blinds, ("noir", "sepia")),
    "War": (journeys.searchlights, ("moss", "steel")),
    "Sci-Fi": (night.planet, ("cobalt", "neon", "deep")),
    "Talk-Show": (stage.curtain, ("carnival",)),
    "Game-Show": (signs.quiz_board, ("cobalt",)),
    "News": (signs.stopwatch, ("steel",)),
    "Reality-TV": (signs.tent, ("meadow",)),
    "Musical": (night.lamp_street, ("cobalt", "violet")),
    "Music": (stage.record, ("rose", "violet", "ember")),
    "Sport": (stage.hoop, ("citrus", "violet")),
    "Documentary": (stage.globe, ("deep", "teal")),
    "Fantasy": (signs.lanterns, ("teal", "violet")),
    "Animation": (signs.toy_blocks, ("meadow",)),
    "Family": (stage.red_balloon, ("meadow",)),
    "Crime": (night.skyline, ("noir", "cobalt", "sepia")),
    "Mystery": (stage.spiral, ("ember", "deep")),
    "Romance": (night.two_moons, ("rose", "violet")),
    "Adventure": (stage.mountains, ("teal", "ice", "violet")),
    "Action": (night.one_tower, ("ember", "cobalt")),
    "Thriller": (night.skyline, ("midnight", "blood")),
    "History": (journeys.banners, ("steel", "sepia")),
    "Biography": (signs.name_list, ("sepia",)),
    "Comedy": (stage.palms, ("citrus", "rose")),
}
_OTHERWISE: Final[tuple[Scene, tuple[str, ...]]] = (stage.mountains, ("rose", "teal", "ember", "violet"))


def _choose(title: str, genres: Iterable[str]) -> tuple[Scene, str]:
    if title in _BY_TITLE:
        return _BY_TITLE[title]
    held = set(genres)
    scene, palettes = next((choice for genre, choice in _BY_GENRE.items() if genre in held), _OTHERWISE)
    return scene, palettes[zlib.crc32(title.encode()) % len(palettes)]


def _typeset(canvas: Canvas, title: str, year: int | None, genres: Iterable[str]) -> None:
    name, _colon, rest = plain_capitals(title).partition(": ")
    lines, size, spacing = canvas.fit(name, WIDTH - 200, 138 if rest else 172)
    height = size * 1.14 * (len(lines) - 1)
    bottom = 1636 - (84 if rest else 0)
    for index, line in enumerate(lines):
        canvas.text(line, bottom - height + index * size * 1.14, size, spacing=spacing, bold=max(1, round(size / 42)))
    if rest:
        lines, size, spacing = canvas.fit(rest, WIDTH - 260, 46)
        canvas.text(" ".join(lines), 1640, min(size, 46), spacing=6, bold=1)
    foot = "  ·  ".join([*([str(year)] if year else []), *(genre.upper() for genre in list(genres)[:3])])
    canvas.text(foot, 1716, 34, spacing=7, alpha=0.82)
    canvas.line([(48, 48), (WIDTH - 48, 48), (WIDTH - 48, HEIGHT - 48), (48, HEIGHT - 48), (48, 48)], 4, "light", 0.3)


def draw_poster(title: str, year: int | None = None, genres: Iterable[str] = ()) -> Image.Image:
    """Draw a film's poster.

    Args:
        title: The film's title; it is typeset, and the picture follows from it.
        year: The year below the title, if known.
        genres: Genre names; those of a film that has no picture of its own decide what is shown.

    Returns:
        An RGB picture of 600 x 900 px, the same pixels for the same arguments.
    """
    names = list(genres)
    scene, palette = _choose(title, names)
    canvas = Canvas(PALETTES[palette], title)
    scene(canvas)
    _typeset(canvas, title, year, names)
    return canvas.image.reduce(WIDTH // SIZE[0])


def draw_poster_bytes(title: str, year: int | None = None, genres: Iterable[str] = ()) -> bytes:
    """Draw a film's poster as the bytes of a PNG file."""
    buffer = io.BytesIO()
    draw_poster(title, year, genres).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
