"""Explanations as the API takes and gives them."""

from rest_framework import serializers

from predictor.ml.explain import METHODS, OCCLUSION


class ExplanationRequestSerializer(serializers.Serializer):
    """What to explain. Whether the model knows the genre is checked by the service that explains."""

    genre = serializers.CharField(max_length=80, help_text="A genre of the prediction's scores.")
    method = serializers.ChoiceField(
        choices=METHODS,
        default=OCCLUSION,
        help_text="How the poster's heat map is made: by covering regions (slower, truer) or from the feature map.",
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


class ExplanationSerializer(serializers.Serializer):
    """Why a prediction has a genre."""

    genre = serializers.CharField()
    plot = PlotReasonSerializer(allow_null=True, help_text="Null without a plot, or if its model lacks the genre.")
    poster = PosterReasonSerializer(
        allow_null=True, help_text="Null without a poster, or if its model lacks the genre."
    )
