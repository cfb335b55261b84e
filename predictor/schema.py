"""What the API's description says beyond the serializers: answers that refuse, and examples."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

from genresite.api_schema import refusals as refusals


def request_example(name: str, value: dict[str, Any]) -> OpenApiExample:
    """An example of what to send as JSON."""
    return OpenApiExample(name, value=value, request_only=True, media_type="application/json")


PLOT_EXAMPLE = request_example(
    "A plot",
    {
        "plot": "A retired gunslinger rides back into the desert town that he once left, to face the sheriff.",
        "title": "The Last Ride",
    },
)
PREDICTION_EXAMPLE = OpenApiExample(
    "A prediction",
    value={
        "id": 17,
        "created_at": "2026-11-21T12:00:00Z",
        "origin": "api",
        "kind": "plot",
        "title": "The Last Ride",
        "movie": None,
        "plot": "A retired gunslinger rides back into the desert town that he once left, to face the sheriff.",
        "poster": None,
        "genres": ["Western", "Drama"],
        "unsure": False,
        "scores": {"Drama": 0.41, "Western": 0.93},
        "parts": [
            {
                "kind": "plot",
                "model": "plot-example-1",
                "genres": ["Western", "Drama"],
                "unsure": False,
                "scores": {"Drama": 0.41, "Western": 0.93},
            }
        ],
        "models": {"plot": "plot-example-1"},
        "duration_ms": 3.2,
        "feedback": [],
    },
    response_only=True,
    status_codes=["200", "201"],
)
FEEDBACK_EXAMPLE = request_example("A correction", {"genres": ["Western", "Drama"], "note": "No comedy at all."})
SHARE_EXAMPLE = request_example("For a month, with the poster", {"show_poster": True, "days": 30})
VERDICT_EXAMPLE = request_example("Accept", {"state": "accepted"})
JOB_EXAMPLE = request_example("Predict the catalogue", {"kind": "catalogue"})
TRAINING_EXAMPLE = request_example(
    "Train on the corrections", {"kind": "training", "model_kind": "plot", "recipe": "adapt-plot"}
)
