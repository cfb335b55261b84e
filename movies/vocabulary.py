"""The site's genres, and how other sources spell them.

A spelling is compared in lower case with its spaces collapsed. It means one genre, several (a shelf such as
"Action & Adventure" means both: the source does not say which, and a film on the shelf counts as either), or none
("TV Movie", "International Movies" and the like say where a film comes from, not what it is). Meaning none is
knowledge too: such a word is dropped on purpose, while a word found nowhere is reported as unknown.
"""

from typing import Final

from django.utils.text import slugify

GENRES: Final[tuple[str, ...]] = (
    "Action",
    "Adult",
    "Adventure",
    "Animation",
    "Biography",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Family",
    "Fantasy",
    "Film-Noir",
    "Game-Show",
    "History",
    "Horror",
    "Music",
    "Musical",
    "Mystery",
    "News",
    "Reality-TV",
    "Romance",
    "Sci-Fi",
    "Short",
    "Sport",
    "Talk-Show",
    "Thriller",
    "War",
    "Western",
)
"""The 28 canonical names, alphabetical; the models' vocabulary is the same, which a test asserts."""

ANY_SOURCE: Final = ""

ALIASES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    ANY_SOURCE: {
        "science fiction": ("Sci-Fi",),
        "science-fiction": ("Sci-Fi",),
        "sci fi": ("Sci-Fi",),
        "scifi": ("Sci-Fi",),
        "film noir": ("Film-Noir",),
        "noir": ("Film-Noir",),
        "biopic": ("Biography",),
        "biographical": ("Biography",),
        "animated": ("Animation",),
        "anime": ("Animation",),
        "documentaries": ("Documentary",),
        "comedies": ("Comedy",),
        "dramas": ("Drama",),
        "thrillers": ("Thriller",),
        "suspense": ("Thriller",),
        "romantic": ("Romance",),
        "historical": ("History",),
        "kids": ("Family",),
        "children": ("Family",),
        "children's": ("Family",),
        "sports": ("Sport",),
        "musicals": ("Musical",),
        "reality": ("Reality-TV",),
        "reality tv": ("Reality-TV",),
        "talk show": ("Talk-Show",),
        "talk": ("Talk-Show",),
        "game show": ("Game-Show",),
        "short film": ("Short",),
        "romantic comedy": ("Comedy", "Romance"),
        "action & adventure": ("Action", "Adventure"),
        "action/adventure": ("Action", "Adventure"),
        "sci-fi & fantasy": ("Fantasy", "Sci-Fi"),
        "tv movie": (),
        "unknown": (),
        "n/a": (),
    },
    "tmdb": {
        "war & politics": ("War",),
        "soap": ("Drama",),
        "foreign": (),
    },
    "movielens": {
        "imax": (),
        "(no genres listed)": (),
    },
    "kodi": {
        "soap": ("Drama",),
        "martial arts": ("Action",),
        "mini-series": (),
        "miniseries": (),
        "indie": (),
        "special interest": (),
    },
    "justwatch": {
        "kids & family": ("Family",),
        "music & musical": ("Music", "Musical"),
        "mystery & thriller": ("Mystery", "Thriller"),
        "war & military": ("War",),
        "made in europe": (),
        "scifi": ("Sci-Fi",),
        "european": (),
    },
    "netflix": {
        "anime features": ("Animation",),
        "anime series": ("Animation",),
        "children & family movies": ("Family",),
        "kids' tv": ("Family",),
        "crime tv shows": ("Crime",),
        "docuseries": ("Documentary",),
        "science & nature tv": ("Documentary",),
        "horror movies": ("Horror",),
        "music & musicals": ("Music", "Musical"),
        "romantic movies": ("Romance",),
        "romantic tv shows": ("Romance",),
        "sports movies": ("Sport",),
        "stand-up comedy": ("Comedy",),
        "stand-up comedy & talk shows": ("Comedy", "Talk-Show"),
        "tv action & adventure": ("Action", "Adventure"),
        "tv comedies": ("Comedy",),
        "tv dramas": ("Drama",),
        "tv horror": ("Horror",),
        "tv mysteries": ("Mystery",),
        "tv sci-fi & fantasy": ("Fantasy", "Sci-Fi"),
        "tv thrillers": ("Thriller",),
        "british tv shows": (),
        "classic & cult tv": (),
        "classic movies": (),
        "cult movies": (),
        "faith & spirituality": (),
        "independent movies": (),
        "international movies": (),
        "international tv shows": (),
        "korean tv shows": (),
        "lgbtq movies": (),
        "movies": (),
        "spanish-language tv shows": (),
        "teen tv shows": (),
        "tv shows": (),
    },
}
"""Spellings by source; what stands under the empty source holds for all of them. IMDb spells as this site does."""


def fold(name: str) -> str:
    """The form in which spellings are compared: lower case, spaces collapsed."""
    return " ".join(name.lower().split())


def genre_slug(name: str) -> str:
    """The genre's word in addresses and style sheets: "Sci-Fi" is `sci-fi`."""
    return slugify(name)
