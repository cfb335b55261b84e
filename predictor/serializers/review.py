"""Reviews as the API takes and gives them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from predictor.models import Feedback, Prediction, Review
from predictor.serializers.feedback import VERDICTS, FeedbackSerializer

ORDERS = [(order.value, order.label) for order in (Review.Order.RANKED, Review.Order.RANDOM)]
NAMES_HELP = "Names, or what other sources call them, all of them."
SEEN_HELP = "The correction's `updated_at` as you read it; if its author changed it since, it is refused."


class NamesField(serializers.ListField):
    """Genres by name."""

    child = serializers.CharField(allow_blank=True, max_length=80)


class NextRequestSerializer(serializers.Serializer):
    """Which item is wanted."""

    order = serializers.ChoiceField(
        choices=ORDERS, default=Review.Order.RANKED, help_text="`random` is the control for the ranked order."
    )


class ReviewItemSerializer(serializers.Serializer):
    """An item to review. Where it is blind, nothing tells what the models or other people say."""

    prediction = serializers.IntegerField(source="prediction.pk")
    title = serializers.CharField(source="prediction.title")
    movie = serializers.IntegerField(source="prediction.movie_id", allow_null=True)
    kind = serializers.CharField(source="prediction.kind")
    plot = serializers.CharField(source="prediction.plot")
    poster = serializers.SerializerMethodField()
    blind = serializers.BooleanField(help_text="Send it back with your decision.")
    order = serializers.ChoiceField(choices=ORDERS, help_text="Send it back with your decision.")
    proposed = serializers.SerializerMethodField()
    scores = serializers.SerializerMethodField()
    unsure = serializers.SerializerMethodField()
    proposals = serializers.SerializerMethodField()

    @extend_schema_field({"type": "string", "format": "uri", "nullable": True})
    def get_poster(self, item: Any) -> str | None:
        """Where the poster is; null without one."""
        if not item.prediction.poster_file:
            return None
        return str(reverse("api-prediction-poster", [item.prediction.pk], request=self.context.get("request")))

    @extend_schema_field({"type": "array", "items": {"type": "string"}, "nullable": True})
    def get_proposed(self, item: Any) -> list[str] | None:
        """The genres that the models decided for, most likely first; null where the item is blind."""
        return None if item.blind else [row.genre.name for row in item.prediction.decided_genres.all()]

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "number"}, "nullable": True})
    def get_scores(self, item: Any) -> dict[str, float] | None:
        """Every genre's probability; null where the item is blind."""
        return None if item.blind else item.prediction.scores

    @extend_schema_field({"type": "boolean", "nullable": True})
    def get_unsure(self, item: Any) -> bool | None:
        """Whether the models were unsure; null where the item is blind."""
        return None if item.blind else item.prediction.unsure

    @extend_schema_field(FeedbackSerializer(many=True))
    def get_proposals(self, item: Any) -> Any:
        """The corrections that wait; none where the item is blind."""
        said = [] if item.blind else item.prediction.feedback.all()
        return FeedbackSerializer([one for one in said if one.state == Feedback.State.PROPOSED], many=True).data


REVIEW_WISHES = [("accept", "These genres are right"), ("skip", "Never show it to me again")]


class ReviewRequestSerializer(serializers.Serializer):
    """A decision on an item."""

    prediction = serializers.PrimaryKeyRelatedField(queryset=Prediction.objects.all(), help_text="The item's number.")
    verdict = serializers.ChoiceField(choices=REVIEW_WISHES, default="accept")
    genres = NamesField(max_length=100, required=False, default=list, help_text=f"{NAMES_HELP} Not for a skip.")
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")
    blind = serializers.BooleanField(required=False, default=False)
    order = serializers.ChoiceField(
        choices=Review.Order.choices,
        required=False,
        default=Review.Order.DIRECT,
        help_text="How the item came; `direct` if not from the queue.",
    )


class LaterRequestSerializer(serializers.Serializer):
    """An item to put behind the others."""

    prediction = serializers.PrimaryKeyRelatedField(queryset=Prediction.objects.all(), help_text="The item's number.")
    order = serializers.ChoiceField(choices=ORDERS, required=False, default=Review.Order.RANKED)


class ReviewSerializer(serializers.ModelSerializer):
    """What a reviewer decided."""

    reviewer = serializers.CharField(source="reviewer.username", default=None, read_only=True, allow_null=True)
    genres = NamesField(source="chosen", read_only=True, help_text="What the reviewer holds for right, by name.")
    order = serializers.CharField(read_only=True, help_text="`ranked`, `random`, or `direct` outside the queue.")
    proposed = NamesField(read_only=True, help_text="What stood to be judged: the models' genres or an author's.")

    class Meta:
        model = Review
        fields = [
            "id", "prediction", "reviewer", "task", "verdict", "genres", "proposed", "blind", "order", "note",
            "created_at", "undone_at",
        ]  # fmt: skip
        read_only_fields = fields


class UndoneReviewSerializer(serializers.Serializer):
    """A review that was taken back."""

    review = ReviewSerializer()
    kept = serializers.ListField(
        child=serializers.ChoiceField(choices=["film", "feedback"]),
        help_text="What stays as it is because somebody changed it since.",
    )
    message = serializers.CharField(source="sentence")


class SeenSerializer(serializers.Serializer):
    """A correction, and the words of it that were read."""

    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    seen = serializers.DateTimeField(help_text=SEEN_HELP)


class BulkRequestSerializer(serializers.Serializer):
    """One word on many corrections."""

    state = serializers.ChoiceField(choices=VERDICTS)
    items = SeenSerializer(many=True, help_text="1 to 100 of them.")


class RefusalSerializer(serializers.Serializer):
    """Why one of many was refused."""

    code = serializers.CharField()
    message = serializers.CharField()


class SettlementSerializer(serializers.Serializer):
    """What became of one of many corrections."""

    id = serializers.IntegerField(source="pk")
    feedback = FeedbackSerializer(allow_null=True, help_text="As it is now; null if it was refused.")
    error = RefusalSerializer(source="refusal", allow_null=True)


class BulkResultSerializer(serializers.Serializer):
    """What became of each, in the order sent."""

    results = SettlementSerializer(many=True)


class ConflictSerializer(serializers.Serializer):
    """An item that reviewers see differently."""

    prediction = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    decisions = serializers.SerializerMethodField()

    @extend_schema_field(ReviewSerializer(many=True))
    def get_decisions(self, prediction: Prediction) -> Any:
        """What each of them holds for right, the first first."""
        deciding = [
            review
            for review in prediction.reviews.all()
            if review.undone_at is None and review.verdict in Review.DECIDING and review.task != Review.Task.CONFLICT
        ]
        return ReviewSerializer(sorted(deciding, key=lambda review: review.pk), many=True).data


class SettleRequestSerializer(serializers.Serializer):
    """What is right."""

    genres = NamesField(max_length=100, help_text=f"{NAMES_HELP} At least one.")
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")


class WithMachineSerializer(serializers.Serializer):
    """How far decisions agree with what the models had proposed."""

    items = serializers.IntegerField()
    same = serializers.FloatField(allow_null=True, help_text="Share that names the very same genres, 0 to 1.")
    jaccard = serializers.FloatField(allow_null=True, help_text="Mean of shared over all genres named, 0 to 1.")


class AgreementSerializer(serializers.Serializer):
    """How far reviewers agree with each other and with the models."""

    alpha = serializers.FloatField(
        allow_null=True, help_text="Krippendorff's alpha with the MASI distance; null where nothing can be said yet."
    )
    items = serializers.IntegerField(help_text="Items that two reviewers or more decided on.")
    reviewers = serializers.IntegerField()
    shown = WithMachineSerializer(help_text="Where the proposal was shown.")
    blind = WithMachineSerializer(help_text="Where it was hidden until the reviewer had chosen.")
