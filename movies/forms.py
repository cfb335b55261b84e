"""The form of a film, for adding and editing: facts, genres, a plot and a poster to add."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from genresite.errors import InvalidInput
from movies import validators
from movies.genre_fields import GenresField
from movies.images import MAX_BYTES, VerifiedPoster, read_poster
from movies.importers import FORMATS
from movies.models import Genre, Movie
from movies.services import Entry, find_duplicate
from movies.services.imports import check_source, check_terms

FROM = _("Where it comes from; empty: from you.")
LICENCE = _("Such as CC0-1.0, if known.")
FOUND = _('The catalogue has this film already: <a href="{}">{}</a>.')
PLOT_FACTS = {"plot": "text", "plot_language": "language", "plot_source": "source", "plot_licence": "licence"}


class Checked(forms.Field):
    """A field whose value also passes a rule of the catalogue; the rule's sentence becomes the field's error."""

    def __init__(self, *args: Any, check: Callable[[Any], Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.check = check

    def clean(self, value: Any, *args: Any) -> Any:
        """Django's own cleaning, then the rule, unless the field was left empty."""
        cleaned = super().clean(value, *args)
        if cleaned in self.empty_values:
            return cleaned
        try:
            return self.check(cleaned)
        except InvalidInput as exc:
            raise ValidationError(exc.message, code=exc.code) from exc


class CheckedText(Checked, forms.CharField):
    """A text with a rule."""


class CheckedNumber(Checked, forms.IntegerField):
    """A whole number with a rule."""


class CheckedPoster(Checked, forms.FileField):
    """An uploaded file that becomes a VerifiedPoster."""

    def __init__(self, **options: Any) -> None:
        super().__init__(check=lambda upload: read_poster(upload.read()), allow_empty_file=True, **options)


def _text(check: Callable[[Any], Any], label: Any, **options: Any) -> CheckedText:
    return CheckedText(check=check, label=label, **{"required": False, **options})


class MovieForm(forms.Form):
    """A film's facts and genres, and a plot and poster to add to it."""

    title = _text(
        validators.clean_title, _("Title"), required=True, error_messages={"required": _("The title is missing.")}
    )
    year = CheckedNumber(check=validators.clean_year, required=False, label=_("Year"))
    kind = forms.ChoiceField(choices=Movie.Kind, initial=Movie.Kind.MOVIE, label=_("Kind"))
    imdb_id = _text(
        validators.clean_imdb_id, _("IMDb id"), help_text=_("Such as tt0111161, or the film's IMDb address.")
    )
    tmdb_id = CheckedNumber(check=validators.clean_tmdb_id, required=False, label=_("TMDB id"))
    genres = GenresField(Genre.objects.all(), required=False, widget=forms.CheckboxSelectMultiple, label=_("Genres"))
    plot = _text(
        validators.clean_plot,
        _("Plot"),
        strip=False,
        widget=forms.Textarea(attrs={"class": "plot", "rows": 8}),
        help_text=_("20 to 20,000 characters."),
    )
    plot_language = _text(
        validators.clean_language, _("Language"), initial="en", help_text=_("A code such as en or fr.")
    )
    plot_source = _text(validators.clean_source, _("Source of the plot"), help_text=FROM)
    plot_licence = _text(validators.clean_licence, _("Licence of the plot"), help_text=LICENCE)
    plot_may_train = forms.BooleanField(required=False, label=_("Models may learn from this plot"))
    poster = CheckedPoster(
        required=False,
        label=_("Poster"),
        help_text=_("JPEG, PNG or WebP, at most 10 MB, each side at least 32 px."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "data-max-bytes": MAX_BYTES}),
    )
    poster_source = _text(validators.clean_source, _("Source of the poster"), help_text=FROM)
    poster_licence = _text(validators.clean_licence, _("Licence of the poster"), help_text=LICENCE)
    poster_may_train = forms.BooleanField(required=False, label=_("Models may learn from this poster"))

    FACTS = ("title", "year", "kind", "imdb_id", "tmdb_id", "genres")
    PLOT = ("plot", "plot_language", "plot_source", "plot_licence", "plot_may_train")
    POSTER = ("poster", "poster_source", "poster_licence", "poster_may_train")

    def __init__(self, *args: Any, movie: Movie | None = None, **options: Any) -> None:
        if movie is not None:
            facts = {name: getattr(movie, name) for name in self.FACTS if name != "genres"}
            options["initial"] = {**facts, "genres": list(movie.genres.all()), **options.get("initial", {})}
        super().__init__(*args, **options)
        self.movie = movie
        self.fields["title"].widget.attrs["maxlength"] = validators.TITLE_MAX_CHARS

    def clean(self) -> dict[str, Any]:
        """Refuse what the catalogue has already, with the way to it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        duplicate = find_duplicate(
            kind=cleaned.get("kind", ""),
            imdb_id=cleaned.get("imdb_id"),
            tmdb_id=cleaned.get("tmdb_id"),
            but=self.movie,
        )
        if duplicate:
            field, found = duplicate
            sentence = _('The catalogue has this film already: <a href="{}">{}</a>.')
            self.add_error(
                field, ValidationError(format_html(str(sentence), found.get_absolute_url(), found), "movie_exists")
            )
        if self.movie and cleaned.get("plot") and self.movie.plots.filter(text=cleaned["plot"]).exists():
            self.add_error("plot", ValidationError(_("This film has this very plot already."), "plot_exists"))
        poster = cleaned.get("poster")
        if self.movie and poster and self.movie.posters.filter(sha256=poster.sha256).exists():
            self.add_error("poster", ValidationError(_("This film has this very poster already."), "poster_exists"))
        return cleaned

    def as_entry(self) -> Entry:
        """What the person filled in, for `record_entry`."""
        cleaned = self.cleaned_data
        plot = {name: cleaned[field] for field, name in PLOT_FACTS.items() if cleaned[field]}
        facts = {"source": cleaned["poster_source"], "licence": cleaned["poster_licence"]}
        poster: VerifiedPoster | None = cleaned["poster"] or None
        chosen = {name: cleaned[name] or None if name == "imdb_id" else cleaned[name] for name in self.FACTS}
        if self.movie and "genres" not in self.changed_data:
            chosen["genres"] = None  # who corrects a title has decided nothing about genres
        return Entry(
            facts=chosen,
            plot={**plot, "may_train": cleaned["plot_may_train"]} if cleaned["plot"] else None,
            poster=poster,
            poster_facts={name: value for name, value in facts.items() if value}
            | {"may_train": cleaned["poster_may_train"]},
        )


class ImportForm(forms.Form):
    """A data set of films to bring in, and its terms."""

    file = forms.FileField(label=_("File"), allow_empty_file=True)
    format = forms.ChoiceField(
        choices=[(name, known.label) for name, known in FORMATS.items() if known.single], label=_("Format")
    )
    source = _text(check_source, _("Source"), help_text=_("A short name, such as imdb; empty: that of the format."))
    licence = _text(validators.clean_licence, _("Licence"), help_text=LICENCE)
    may_train = forms.BooleanField(required=False, label=_("Models may learn from these films"))
    dry_run = forms.BooleanField(required=False, initial=True, label=_("Dry run: only tell what would happen"))

    def clean_file(self) -> Any:
        """Refuse what is larger than a request may be."""
        upload, limit = self.cleaned_data["file"], settings.MAX_REQUEST_BYTES
        if upload.size > limit:
            sentence = _("The file has %(size)s; at most %(limit)s can be uploaded. The command takes larger ones.")
            sizes = {"size": filesizeformat(upload.size), "limit": filesizeformat(limit)}
            raise ValidationError(sentence % sizes, "file_too_large")
        return upload

    def as_upload(self) -> dict[str, Any]:
        """What the person filled in, for `import_upload`."""
        cleaned = self.cleaned_data
        terms = check_terms(
            source=cleaned["source"] or cleaned["format"],
            licence=cleaned["licence"],
            may_train=cleaned["may_train"],
            spellings=FORMATS[cleaned["format"]].spellings,
        )
        dry_run = cleaned["dry_run"]
        return {"upload": cleaned["file"], "format_name": cleaned["format"], "terms": terms, "dry_run": dry_run}
