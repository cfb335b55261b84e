"""The catalogue as JSON. Rules are in the validators, writes in the services."""

from django.urls import reverse
from rest_framework import serializers

from movies.models import Genre, GenreLabel, Movie, Plot, Poster


class GenreSerializer(serializers.ModelSerializer):
    """A genre, and how other sources spell it."""

    aliases = serializers.SerializerMethodField()

    class Meta:
        model = Genre
        fields = ["name", "slug", "aliases"]

    def get_aliases(self, genre: Genre) -> dict[str, list[str]]:
        """Spellings by source; those under "any" hold for all sources."""
        spellings: dict[str, list[str]] = {}
        for alias in genre.aliases.all():
            spellings.setdefault(alias.source or "any", []).append(alias.name)
        return spellings


class GenreLabelSerializer(serializers.ModelSerializer):
    """That a film has a genre, and who says so since when."""

    genre = serializers.CharField(source="genre.name")
    person = serializers.CharField(source="person.username", default=None, allow_null=True)

    class Meta:
        model = GenreLabel
        fields = ["genre", "source", "person", "labelled_at"]


class PlotSerializer(serializers.ModelSerializer):
    """A synopsis with its origin."""

    class Meta:
        model = Plot
        fields = ["id", "text", "language", "source", "licence", "may_train", "added_at"]


class PlotInputSerializer(serializers.Serializer):
    """A synopsis to add."""

    text = serializers.CharField(trim_whitespace=False, allow_blank=True, help_text="20 to 20,000 characters.")
    language = serializers.CharField(default="en")
    source = serializers.CharField(default="person")  # type: ignore[assignment]  # Field.source is another thing
    licence = serializers.CharField(default="", allow_blank=True)
    may_train = serializers.BooleanField(default=False, help_text="Whether models may learn from it.")


class PosterSerializer(serializers.ModelSerializer):
    """A poster with its origin, and where its pictures are."""

    image = serializers.SerializerMethodField(help_text="Address of the WebP picture.")
    thumbnail = serializers.SerializerMethodField(help_text="Address of the small WebP picture.")

    class Meta:
        model = Poster
        fields = [
            "id",
            "image",
            "thumbnail",
            "sha256",
            "perceptual_hash",
            "width",
            "height",
            "source",
            "licence",
            "may_train",
            "added_at",
        ]

    def get_image(self, poster: Poster) -> str:
        """The address, on this site."""
        address = reverse("api-poster-image", args=[poster.movie_id, poster.pk])
        request = self.context.get("request")
        return request.build_absolute_uri(address) if request else address

    def get_thumbnail(self, poster: Poster) -> str:
        """The address, on this site."""
        return f"{self.get_image(poster)}?size=thumbnail"


class PosterInputSerializer(serializers.Serializer):
    """A poster to add, as a multipart form."""

    poster = serializers.FileField(allow_empty_file=True, help_text="JPEG, PNG or WebP, at most 10 MB.")
    source = serializers.CharField(default="person")  # type: ignore[assignment]  # Field.source is another thing
    licence = serializers.CharField(default="", allow_blank=True)
    may_train = serializers.BooleanField(default=False, help_text="Whether models may learn from it.")


class MovieSerializer(serializers.ModelSerializer):
    """A film as lists show it."""

    genres: serializers.Field = serializers.SlugRelatedField(many=True, read_only=True, slug_field="name")
    posters = PosterSerializer(many=True, read_only=True)

    class Meta:
        model = Movie
        fields = [
            "id",
            "title",
            "year",
            "kind",
            "imdb_id",
            "tmdb_id",
            "genres",
            "posters",
            "created_at",
            "updated_at",
        ]


class MovieDetailSerializer(MovieSerializer):
    """A film with everything: the provenance of its genres, its plots and posters."""

    genres = serializers.SerializerMethodField()
    labels = GenreLabelSerializer(many=True, read_only=True)
    plots = PlotSerializer(many=True, read_only=True)

    class Meta(MovieSerializer.Meta):
        fields = [*MovieSerializer.Meta.fields, "labels", "plots"]

    def get_genres(self, movie: Movie) -> list[str]:
        """The names, from the labels that are read anyway."""
        return [label.genre.name for label in movie.labels.all()]


class MovieInputSerializer(serializers.Serializer):
    """A film's facts; what is left out of a PATCH stays as it is."""

    title = serializers.CharField(allow_blank=True, trim_whitespace=False)
    year = serializers.IntegerField(required=False, allow_null=True)
    kind = serializers.ChoiceField(choices=Movie.Kind.choices, required=False)
    imdb_id = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    tmdb_id = serializers.IntegerField(required=False, allow_null=True)
    genres = serializers.ListField(
        child=serializers.CharField(max_length=80),
        required=False,
        max_length=28,
        help_text="Names or aliases, all of them: what is not named is taken away.",
    )
