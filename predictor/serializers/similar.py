"""Similar films as the API gives them."""

from rest_framework import serializers

from movies.serializers import MovieSerializer

MOST_SIMILAR = 50


class SimilarRequestSerializer(serializers.Serializer):
    """How many films are wanted."""

    count = serializers.IntegerField(default=10, min_value=1, max_value=MOST_SIMILAR, help_text="Films wanted.")


class SimilarFilmSerializer(serializers.Serializer):
    """A film that is like what was asked for, and why."""

    movie = MovieSerializer()
    score = serializers.FloatField(help_text="How alike, 0 to 1: four tenths genres, six tenths words.")
    genre_score = serializers.FloatField(help_text="How alike the models score both, 0 to 1.")
    word_score = serializers.FloatField(help_text="How much of their rare words both plots share, 0 to 1.")
    shared_genres = serializers.ListField(child=serializers.CharField())
    shared_words = serializers.ListField(child=serializers.CharField())
    reason = serializers.CharField(help_text="The same in one sentence.")


class SimilarSerializer(serializers.Serializer):
    """The films that are most alike, the nearest first."""

    ready = serializers.IntegerField(help_text="Films of the catalogue that can be compared so far.")
    waiting = serializers.IntegerField(help_text="Films that cannot be compared yet; at most ten minutes old.")
    by_genres_only = serializers.BooleanField(help_text="There was no plot to go by.")
    results = SimilarFilmSerializer(source="films", many=True)
