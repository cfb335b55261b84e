"""The forms of the pages. What a service refuses is shown at the field at fault, and what was typed stays."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from genresite.errors import DomainError, InvalidInput, Unavailable
from movies.forms import CheckedText
from movies.genre_names import show_genre
from movies.images import MAX_BYTES
from movies.models import Movie
from movies.validators import PLOT_MAX_CHARS, PLOT_MIN_CHARS, TITLE_MAX_CHARS, clean_title
from predictor.samples import Sample, find_sample

Result = TypeVar("Result")


class ServiceForm(forms.Form):
    """A form that hands its values to one service and shows what the service refuses."""

    refusal: DomainError | None = None

    @property
    def status(self) -> int:
        """The status of the page that shows the form again."""
        if self.refusal is not None:
            return self.refusal.status
        return 400 if self.is_bound and self.errors else 200

    def submit(self, service: Callable[..., Result], **arguments: Any) -> Result | None:
        """Call the service if the form is valid.

        Args:
            service: Called with `arguments`.
            **arguments: What it is called with.

        Returns:
            What the service returns, or None if the form is to be shown again.
        """
        if not self.is_valid():
            return None
        try:
            return service(**arguments)
        except (InvalidInput, Unavailable) as exc:
            self.refusal = exc
            self.add_error(exc.field if exc.field in self.fields else None, exc.message)
            return None


class PredictForm(ServiceForm):
    """A plot, a poster, or both. The rules are the services'; the browser is only told of them."""

    plot = forms.CharField(
        label=_("Plot"),
        required=False,
        strip=False,
        help_text=_("A few sentences on what happens, in English: 20 to 20,000 characters."),
        widget=forms.Textarea(
            attrs={
                "class": "plot",
                "rows": 9,
                "data-counter": "plot-counter",
                "data-min": PLOT_MIN_CHARS,
                "data-max": PLOT_MAX_CHARS,
            }
        ),
    )
    poster = forms.FileField(
        label=_("Poster"),
        required=False,
        allow_empty_file=True,
        help_text=_("JPEG, PNG or WebP, up to 10 MB and 40 megapixels."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "data-max-bytes": MAX_BYTES}),
    )
    use_movie_poster = forms.BooleanField(label=_("Use the poster in the catalogue"), required=False)
    title = forms.CharField(
        label=_("Title"), required=False, max_length=TITLE_MAX_CHARS, help_text=_("To find it again in your history.")
    )
    movie = forms.ModelChoiceField(Movie.objects.all(), required=False, widget=forms.HiddenInput)
    submission = forms.UUIDField(required=False, widget=forms.HiddenInput)

    @classmethod
    def for_movie(cls, movie: Movie | None) -> "PredictForm":
        """An empty form, or one with what the catalogue has of a film."""
        initial: dict[str, Any] = {"submission": uuid4()}
        if movie is not None:
            plot = movie.plots.first()
            initial |= {"movie": movie.pk, "title": movie.title, "plot": plot.text if plot else ""}
            initial["use_movie_poster"] = movie.posters.exists()
        form = cls(initial=initial)
        form.film = movie
        return form

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.film: Movie | None = None

    def clean(self) -> dict[str, Any]:
        """Remember the film, for the page to name it if it is shown again."""
        cleaned = super().clean() or self.cleaned_data
        self.film = cleaned.get("movie")
        return cleaned

    def read_poster_bytes(self) -> bytes | None:
        """The poster that was sent, else the film's own where that was asked for, else None."""
        sent = self.cleaned_data["poster"]
        if sent is not None:
            return bytes(sent.read())
        own = self.film.posters.first() if self.film and self.cleaned_data["use_movie_poster"] else None
        if own is None:
            return None
        with own.file.open("rb") as stream:
            return bytes(stream.read())

    def record(self, service: Callable[..., Result], **arguments: Any) -> Result | None:
        """Hand plot, poster, title, film and one-time key to the service."""
        if not self.is_valid():
            return None
        values = {name: self.cleaned_data[name] for name in ("plot", "title", "movie", "submission")}
        return self.submit(service, poster_bytes=self.read_poster_bytes(), **values, **arguments)


class TrialForm(ServiceForm):
    """A plot, a poster, or both, from somebody without an account; a sample brings its own poster along."""

    plot = PredictForm.base_fields["plot"]
    poster = PredictForm.base_fields["poster"]
    sample = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    @classmethod
    def for_sample(cls, slug: str) -> "TrialForm":
        """An empty form, or one with a sample's plot."""
        found = find_sample(slug)
        form = cls(initial={"plot": found.plot, "sample": found.slug} if found else {})
        form.chosen = found
        return form

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen: Sample | None = find_sample(str(self.data.get("sample", "")))

    def ask(self, service: Callable[..., Result], **arguments: Any) -> Result | None:
        """Hand plot and poster to the service: the poster that was sent, else the sample's own."""
        if not self.is_valid():
            return None
        sent = self.cleaned_data["poster"]
        picture = bytes(sent.read()) if sent is not None else None
        if picture is None and self.chosen:
            picture = self.chosen.read_poster_bytes()
        return self.submit(service, plot=self.cleaned_data["plot"], poster_bytes=picture, **arguments)


class FeedbackForm(ServiceForm):
    """The genres that are right, as a list to tick, the likely ones first."""

    genres = forms.MultipleChoiceField(label=_("Genres"), required=False, widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(label=_("Note"), required=False, max_length=500, widget=forms.TextInput)

    def __init__(self, *args: Any, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["genres"].choices = [(name, show_genre(name)) for name in names]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> set[str]:
        """The names that are ticked, as sent or as proposed."""
        return set(self["genres"].value() or [])


class FilmForm(ServiceForm):
    """The title under which a prediction's film goes into the catalogue."""

    title = CheckedText(
        check=clean_title,
        label=_("Title"),
        help_text=_("With its plot and poster, and without genres: those are for people to decide."),
        error_messages={"required": _("The title is missing.")},
        # The browser stops at the limit; the rule itself is the catalogue's.
        widget=forms.TextInput(attrs={"maxlength": TITLE_MAX_CHARS}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "film-%s", **kwargs})


class SettleForm(forms.Form):
    """A reviewer's word on a correction, and the time of the author's words that were read."""

    verdict = forms.ChoiceField(choices=[("accept", _("Accept")), ("reject", _("Reject"))])
    seen = forms.DateTimeField(required=False)
