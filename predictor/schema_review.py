"""Examples of reviewing in the API's description."""

from drf_spectacular.utils import OpenApiExample

from predictor.schema import request_example

ITEM_EXAMPLE = OpenApiExample(
    "An item",
    value={
        "prediction": 17,
        "title": "The Last Ride",
        "movie": None,
        "kind": "plot",
        "plot": "A retired gunslinger rides back into the desert town that he once left, to face the sheriff.",
        "poster": None,
        "blind": False,
        "order": "ranked",
        "proposed": ["Western", "Drama"],
        "scores": {"Drama": 0.41, "Western": 0.93},
        "unsure": False,
        "proposals": [],
    },
    response_only=True,
    status_codes=["200"],
)
DECISION_EXAMPLE = request_example(
    "A decision", {"prediction": 17, "genres": ["Western", "Drama"], "note": "", "blind": False, "order": "ranked"}
)
SKIP_EXAMPLE = request_example("A skip", {"prediction": 17, "verdict": "skip"})
LATER_EXAMPLE = request_example("Put off", {"prediction": 17})
BULK_EXAMPLE = request_example(
    "Accept two",
    {
        "state": "accepted",
        "items": [
            {"id": 4, "seen": "2026-11-21T12:00:00.123456Z"},
            {"id": 9, "seen": "2026-11-21T12:03:17.654321Z"},
        ],
    },
)
SETTLE_EXAMPLE = request_example("What is right", {"genres": ["War", "Drama"], "note": "No western at all."})
AMEND_EXAMPLE = request_example(
    "Accept with other genres",
    {"state": "accepted", "genres": ["Western", "Drama"], "seen": "2026-11-21T12:00:00.123456Z"},
)
AGREEMENT_EXAMPLE = OpenApiExample(
    "Agreement",
    value={
        "alpha": 0.71,
        "items": 48,
        "reviewers": 3,
        "shown": {"items": 420, "same": 0.62, "jaccard": 0.78},
        "blind": {"items": 46, "same": 0.48, "jaccard": 0.69},
    },
    response_only=True,
)
