"""Explanations as the API takes and gives them."""

from rest_framework import serializers

from predictor.ml.heat_maps import METHODS, OCCLUSION
from predictor.models import Kind


class ExplanationRequestSerializer(serializers.Serializer):
    """What to explain. Whether the model knows the genre is checked by the service that explains."""

    genre = serializers.CharField(max_length=80, help_text="Any genre of the prediction's scores, named or not.")
    method = serializers.ChoiceField(
        choices=METHODS,
        default=OCCLUSION,
        help_text="How the poster's heat map is made: by covering regions one by one (slower, truer) or from the "
        "network's feature map. A model that shows none is always asked by covering.",
    )


class SpanSerializer(serializers.Serializer):
    """A word or a phrase of the plot."""

    start = serializers.IntegerField(help_text="Characters of the plot before it.")
    end = serializers.IntegerField(help_text="Characters of the plot up to its end.")
    text = serializers.CharField()
    weight = serializers.FloatField(help_text="Natural log-odds that the genre loses without it; below 0 it gains.")
    level = serializers.IntegerField(min_value=0, max_value=3, help_text="How strongly the page marks it.")


class PlotReasonSerializer(serializers.Serializer):
    """What the words of the plot did."""

    model = serializers.CharField(source="version.name")
    spans = SpanSerializer(many=True)


class BoxSerializer(serializers.Serializer):
    """A rectangle in pixels of the poster, the right and the bottom edge not included."""

    left = serializers.IntegerField()
    top = serializers.IntegerField()
    right = serializers.IntegerField()
    bottom = serializers.IntegerField()


class SpotSerializer(serializers.Serializer):
    """One cell of the heat map."""

    box = BoxSerializer()
    weight = serializers.FloatField(help_text="Natural log-odds; below 0 it speaks against the genre.")


class PosterReasonSerializer(serializers.Serializer):
    """Where the poster speaks for the genre."""

    model = serializers.CharField(source="version.name")
    method = serializers.ChoiceField(source="heat.method", choices=METHODS)
    box = BoxSerializer(source="heat.box", help_text="What the cells cover in equal parts.")
    values = serializers.ListField(
        source="rounded_values",
        child=serializers.ListField(child=serializers.FloatField(min_value=0, max_value=1)),
        help_text="Rows of cells from the top left; 1 is what speaks most for the genre.",
    )
    weights = serializers.ListField(
        source="rounded_weights",
        child=serializers.ListField(child=serializers.FloatField()),
        help_text="The same cells in natural log-odds; below 0 they speak against the genre.",
    )
    spot_for = SpotSerializer(allow_null=True, help_text="The cell that speaks most for the genre, if any does.")
    spot_against = SpotSerializer(allow_null=True, help_text="The cell that speaks most against it, if any does.")


class ReadingSerializer(serializers.Serializer):
    """How likely a genre was found, and from where on it is named."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    model = serializers.CharField(
        source="version.name", default=None, allow_null=True, help_text="Null where the mean of two models decided."
    )
    probability = serializers.FloatField(min_value=0, max_value=1)
    threshold = serializers.FloatField(
        min_value=0,
        max_value=1,
        allow_null=True,
        help_text="The genre is named from this probability on. Null for a model that names the likeliest genre alone.",
    )
    distance = serializers.FloatField(
        min_value=-1, max_value=1, allow_null=True, help_text="Probability less threshold; below 0 it falls short."
    )
    decided = serializers.BooleanField(help_text="Whether the genre was named.")


class RivalSerializer(serializers.Serializer):
    """Another genre that was named."""

    genre = serializers.CharField()
    probability = serializers.FloatField(min_value=0, max_value=1)


class StandingSerializer(serializers.Serializer):
    """How far the prediction is from naming a genre."""

    whole = ReadingSerializer(help_text="What decided.")
    parts = ReadingSerializer(many=True, help_text="What plot and poster say alone, if their models know the genre.")
    rival = RivalSerializer(allow_null=True, help_text="The likeliest other genre that was named, if one was.")


class ExplanationSerializer(serializers.Serializer):
    """Why a prediction has a genre, or has it not."""

    genre = serializers.CharField()
    standing = StandingSerializer()
    plot = PlotReasonSerializer(allow_null=True, help_text="Null without a plot, or if its model lacks the genre.")
    poster = PosterReasonSerializer(
        allow_null=True, help_text="Null without a poster, or if its model lacks the genre."
    )
