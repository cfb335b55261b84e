"""The catalogue: films, their plots and posters, and their labels with provenance."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from movies.querysets import MovieQuerySet

# The first film was shown in 1888; films are announced some years ahead.
FIRST_YEAR, LAST_YEAR = 1888, 2100


class Genre(models.Model):
    """One genre of the site's vocabulary.

    Invariants: the name is the canonical spelling, the same in models, pages, API and files.
    """

    name = models.CharField(max_length=40, unique=True)
    slug = models.SlugField(max_length=40, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class GenreAlias(models.Model):
    """How another source spells a genre: "Science Fiction" of TMDB is Sci-Fi here.

    Invariants: a spelling (in lower case) of a source means the genres of all its rows; one row without a genre says
    that the spelling is known to mean none ("TV Movie"). An empty source stands for any.
    """

    genre = models.ForeignKey(Genre, null=True, blank=True, on_delete=models.CASCADE, related_name="aliases")
    source = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=80, help_text="In lower case.")

    class Meta:
        verbose_name_plural = "genre aliases"
        ordering = ["source", "name"]
        constraints = [
            models.UniqueConstraint(fields=["source", "name", "genre"], name="genre_alias_unique"),
            models.UniqueConstraint(
                fields=["source", "name"], condition=models.Q(genre__isnull=True), name="genre_alias_none_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} → {self.genre_id or 'no genre'}"


class Movie(models.Model):
    """A film or a show.

    Invariants: an IMDb id belongs to one row; a TMDB id belongs to one row of its kind (TMDB numbers films and shows
    separately). `genres_decided_at` is when a person last said what all its genres are; from then on no data source
    adds or takes away a genre, only people do.
    """

    class Kind(models.TextChoices):
        MOVIE = "movie", _("Movie")
        SHOW = "show", _("Show")

    title = models.CharField(max_length=300)
    year = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.MOVIE)
    imdb_id = models.CharField(
        "IMDb id",
        max_length=12,
        null=True,
        blank=True,
        unique=True,
        validators=[RegexValidator(r"^tt\d{6,10}$", "An IMDb id is 'tt' and 6 to 10 digits, such as tt0111161.")],
    )
    tmdb_id = models.PositiveIntegerField("TMDB id", null=True, blank=True)
    genres = models.ManyToManyField(Genre, through="GenreLabel", related_name="movies")
    genres_decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MovieQuerySet.as_manager()

    class Meta:
        ordering = ["title", "year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "tmdb_id"], condition=models.Q(tmdb_id__isnull=False), name="movie_tmdb_id_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["title", "year", "id"]),
            models.Index(fields=["year"]),
            # The growth of the data set is counted from it alone.
            models.Index(fields=["created_at"], name="movie_added"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title

    def get_absolute_url(self) -> str:
        """The film's page."""
        return reverse("movies:detail", args=[self.pk])


class SourceRecord(models.Model):
    """That a data source has this film: under which name, on what terms.

    Invariants: one row per film and source; title, year and kind are the source's own and stay when a person corrects
    the film's, so that the next import knows it again; licence and `may_train` are those of the latest import and hold
    for the genre labels of this source.
    """

    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="records")
    source = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=5, choices=Movie.Kind)
    licence = models.CharField(max_length=120, blank=True)
    may_train = models.BooleanField(default=False)
    imported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["source"]
        constraints = [models.UniqueConstraint(fields=["movie", "source"], name="source_record_unique")]
        indexes = [models.Index(fields=["source", "title"], name="movies_sour_source_idx")]

    def __str__(self) -> str:
        return f"{self.title} ({self.source})"


class GenreLabel(models.Model):
    """That a film has a genre, and who says so since when.

    Invariants: one row per film and genre; `source` names a data source, or is "person" with `person` set when the
    label was given by somebody here (`person` becomes empty when the account is deleted; the label stays).
    """

    PERSON = "person"

    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="labels")
    genre = models.ForeignKey(Genre, on_delete=models.PROTECT, related_name="labels")
    source = models.CharField(max_length=40)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    labelled_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["genre__name"]
        constraints = [models.UniqueConstraint(fields=["movie", "genre"], name="genre_label_unique")]

    def __str__(self) -> str:
        return f"{self.movie_id}: {self.genre_id} ({self.source})"


class Plot(models.Model):
    """A synopsis of a film, with its origin and whether models may learn from it."""

    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="plots")
    text = models.TextField()
    language = models.CharField(max_length=8, default="en")
    source = models.CharField(max_length=60)
    licence = models.CharField(max_length=120, blank=True)
    may_train = models.BooleanField(default=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-added_at", "-id"]

    def __str__(self) -> str:
        return f"{self.text[:60]}…"


class Poster(models.Model):
    """A poster of a film: the picture re-encoded from its pixels, and a thumbnail.

    Invariants: `file` and `thumbnail` are WebP written by this site, under names it made; `sha256` is that of the
    uploaded bytes and unique within a film.
    """

    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="posters")
    file = models.FileField(upload_to="posters/%Y/%m/", max_length=200)
    thumbnail = models.FileField(upload_to="posters/%Y/%m/", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    perceptual_hash = models.CharField(max_length=16, db_index=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    source = models.CharField(max_length=60)
    licence = models.CharField(max_length=120, blank=True)
    may_train = models.BooleanField(default=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-added_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["movie", "sha256"], name="poster_unique_in_movie")]

    def __str__(self) -> str:
        return f"{self.width}x{self.height} poster of {self.movie_id}"
