"""Three invented films to try the models on: own words, own drawings (static/img/samples/)."""

from dataclasses import dataclass
from typing import Final

from django.contrib.staticfiles import finders
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from genresite.errors import NotFound


@dataclass(frozen=True)
class Sample:
    """An invented film. The plot stays English, for that is what the models read."""

    slug: str
    title: str
    plot: str
    picture: Promise

    @property
    def poster(self) -> str:
        """The drawn poster's path below the static files."""
        return f"img/samples/{self.slug}.webp"

    def read_poster_bytes(self) -> bytes:
        """The drawn poster's file."""
        path = finders.find(self.poster)
        if not isinstance(path, str):
            raise NotFound(f"The sample's drawing {self.poster} is not there.")
        with open(path, "rb") as stream:  # noqa: PTH123 - a path that a finder gave
            return stream.read()


SAMPLES: Final = (
    Sample(
        "skerry-light",
        "Skerry Light",
        "Every night the keeper of a remote lighthouse guides the same three ships past the rocks. Then a drowned "
        "captain knocks at her door, and the old log books show that those ships sank forty years ago, on the night "
        "her father let the lamp go out. Something in the fog will not let the dead rest until she learns who "
        "murdered him.",
        _("A lighthouse at night, and under the water the ships that have sunk."),
    ),
    Sample(
        "two-left-shoes",
        "Two Left Shoes",
        "A dance teacher with a strict plan for everything loses her partner a week before the wedding of her "
        "sister. The only man free to rehearse is the clumsy caterer, who has two left feet and an opinion on every "
        "song. Between burnt canapés, a jealous ex and one disastrous tango, they fall in love without noticing it.",
        _("A red and a blue shoe, a heart above them, on a dance floor under coloured lamps."),
    ),
    Sample(
        "the-ninth-moon",
        "The Ninth Moon",
        "When a survey ship finds a ninth moon that is on no map, its crew lands to look for water and wakes an alien "
        "machine older than the planet. With the engines dead and the captain lost below the surface, the young pilot "
        "must cross the ice with the ship's robot and stop the signal before an armada from another star answers it.",
        _("A rocket on its way past a ringed planet to a small moon."),
    ),
)


def find_sample(slug: str) -> Sample | None:
    """The sample of this word, if there is one."""
    return next((sample for sample in SAMPLES if sample.slug == slug), None)
