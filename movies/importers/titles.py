"""Titles with the year in brackets, as IMDb's lists and MovieLens write them."""

import re
from dataclasses import dataclass
from typing import Final

# "Show" (1994/II) (TV) {Episode (#1.2)}
# Source: IMDb, "Title Formats" of the plain text data files.
_IMDB: Final = re.compile(
    r"^(?P<title>.+?)\s+\((?P<year>\d{4}|\?{4})(?:/[IVXLC]+)?\)"
    r"(?:\s+\((?P<form>TV|V|VG|mini)\))?(?:\s+\{(?P<episode>.*)\})?\s*(?:\{\{SUSPENDED\}\})?$",
    re.DOTALL,
)
_ARTICLE: Final = re.compile(
    r"^(?P<rest>.+), (?P<article>The|A|An|Le|La|Les|Il|Lo|Los|Las|El|Der|Die|Das|Det|Den|De|L')$"
)
_LATER_NAME: Final = re.compile(r"\s*\((?:a\.k\.a\. )?[^()]*\)$")


@dataclass(frozen=True)
class NamedFilm:
    """What a title says.

    Attributes:
        skip: Why the catalogue does not hold it ("episode", "video game"), or nothing.
    """

    title: str
    year: int | None = None
    kind: str = "movie"
    skip: str = ""

    def as_values(self) -> dict[str, str | int | None]:
        """For `parse_row`."""
        return {"title": self.title, "year": self.year, "kind": self.kind}


def read_imdb_title(text: str) -> NamedFilm:
    """Take IMDb's way of naming apart: quotes mean a show, braces an episode; a text without a year is a title."""
    found = _IMDB.match(text.strip())
    if not found:
        return NamedFilm(text.strip())
    title, year = found["title"], int(found["year"]) if found["year"].isdigit() else None
    is_show = len(title) > 2 and title.startswith('"') and title.endswith('"')
    skip = "episode" if found["episode"] else "video game" if found["form"] == "VG" else ""
    return NamedFilm(title[1:-1] if is_show else title, year, "show" if is_show else "movie", skip)


def read_movielens_title(text: str) -> NamedFilm:
    """Take "Shawshank Redemption, The (1994)" apart; names in other languages, in brackets behind it, are left out."""
    film = read_imdb_title(text)
    title = _LATER_NAME.sub("", film.title) or film.title
    article = _ARTICLE.match(title)
    if article:
        space = "" if article["article"].endswith("'") else " "
        title = f"{article['article']}{space}{article['rest']}"
    return NamedFilm(title, film.year)
