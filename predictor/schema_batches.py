"""Examples of batches and exports for the API's description."""

from drf_spectacular.utils import OpenApiExample

BATCH_EXAMPLE = OpenApiExample(
    "A batch",
    value={
        "id": 4,
        "url": "https://genres.example.org/api/v1/batches/4/",
        "name": "films.csv",
        "form": "csv",
        "owner": "ann",
        "kind": "",
        "version": None,
        "versions": {"plot": "plot-example-1", "poster": "poster-example-1", "both": "both-example-1"},
        "size_bytes": 5210344,
        "state": "running",
        "job": 31,
        "waits_for_queue": False,
        "rows": 10000,
        "total": 10000,
        "done": 4000,
        "failed_rows": 3,
        "files_ignored": 0,
        "seconds_left": 4,
        "failure": "",
        "created_at": "2026-11-21T12:00:00Z",
        "started_at": "2026-11-21T12:00:01Z",
        "finished_at": None,
        "results": {
            "rows": "https://genres.example.org/api/v1/batches/4/rows/",
            "csv": "https://genres.example.org/api/v1/batches/4/result.csv",
            "jsonl": "https://genres.example.org/api/v1/batches/4/result.jsonl",
        },
    },
    response_only=True,
    status_codes=["200", "202"],
)
ROW_EXAMPLE = OpenApiExample(
    "A row",
    value={
        "line": 2,
        "id": "tt0111161",
        "kind": "plot",
        "genres": ["Drama"],
        "unsure": False,
        "scores": {"Drama": 0.91, "Western": 0.02},
        "models": {"plot": "plot-example-1"},
        "error": None,
    },
    response_only=True,
    status_codes=["200"],
)
EXPORT_EXAMPLE = OpenApiExample(
    "An export",
    value={
        "id": 2,
        "url": "https://genres.example.org/api/v1/exports/2/",
        "subject": "labelled",
        "form": "parquet",
        "filters": {},
        "state": "succeeded",
        "done": 48000,
        "total": 48000,
        "failure": "",
        "size_bytes": 18734112,
        "created_at": "2026-11-21T12:00:00Z",
        "file": "https://genres.example.org/api/v1/exports/2/file/",
    },
    response_only=True,
    status_codes=["200", "202"],
)
