"""The page that goes with a shipped model, made from its manifest alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MEASURES = (
    ("accuracy (one genre a film)", ("single_label", "accuracy")),
    ("macro-F1 (one genre a film)", ("single_label", "macro_f1")),
    ("right one among three", ("single_label", "top_3")),
    ("micro-F1", ("f1", "micro")),
    ("macro-F1 (genres with 20 or more films)", ("f1", "macro_supported")),
    ("macro-F1 (all genres)", ("f1", "macro")),
    ("samples-F1", ("f1", "samples")),
    ("weighted F1", ("f1", "weighted")),
    ("mAP", ("map",)),
    ("ROC-AUC", ("roc_auc",)),
    ("hit@1", ("hit_at_1",)),
    ("hit@3", ("hit_at_3",)),
    ("Jaccard", ("jaccard",)),
    ("exact match", ("exact_match",)),
    ("expected calibration error", ("ece",)),
    ("Brier score", ("brier",)),
)


def _pick(metrics: Mapping[str, Any], path: tuple[str, ...]) -> str:
    """A nested figure as text; a dash where there is none."""
    value: Any = metrics
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return f"{value:.4f}" if isinstance(value, float | int) else "-"


def _figures(metrics: Mapping[str, Any]) -> list[str]:
    """Table of the headline figures, a column for each measured split."""
    splits = [split for split in ("validation", "test") if split in metrics]
    if not splits:
        return ["Not measured yet."]
    head = ["| measure | " + " | ".join(splits) + " |", "|---|" + "---:|" * len(splits)]
    rows = [
        f"| {title} | " + " | ".join(_pick(metrics[split], path) for split in splits) + " |"
        for title, path in _MEASURES
        if path[0] != "single_label" or any("single_label" in metrics[split] for split in splits)
    ]
    return head + rows


def _genre_rows(metrics: Mapping[str, Any]) -> list[str]:
    """Table of the per-genre figures of the test split, else of validation."""
    for split in ("test", "validation"):
        table = metrics.get(split, {}).get("per_genre")
        if table:
            head = [
                f"## Per genre ({split})",
                "",
                "| genre | films | threshold | precision | recall | F1 | AP |",
                "|---|---:|---:|---:|---:|---:|---:|",
            ]
            return head + [
                f"| {genre} | {row['support']} | "
                + " | ".join(_pick(row, (part,)) for part in ("threshold", "precision", "recall", "f1"))
                + f" | {_pick(row, ('average_precision',))} |"
                for genre, row in sorted(table.items())
            ]
    return []


def _heat_lines(training: Mapping[str, Any]) -> list[str]:
    """How a poster network learned its heat map, if it did."""
    heat = training.get("heat_map")
    if not heat:
        return []
    explained = heat["explained"][str(heat["penalty"])]
    return [
        f"- heat map: learned over {heat['base']} from {heat['examples']} covered posters, seed {heat['seed']}; "
        f"it explains {explained:.3f} of the squared costs of covering others",
        f"- command of the heat map: `{heat['command']}`",
    ]


def render_model_card(manifest: Mapping[str, Any]) -> str:
    """Writes the model card of a bundle.

    Args:
        manifest: a bundle's manifest.

    Returns:
        Markdown text.
    """
    training = manifest.get("training", {})
    metrics = manifest.get("metrics", {})
    lines = [
        f"# {manifest['name']}",
        "",
        f"Predicts {len(manifest['genres'])} film genres from: {manifest['kind']}. "
        f"Recipe `{manifest['recipe']}`, made {manifest.get('created', 'at an unknown time')}.",
        "",
        "## Training",
        "",
        f"- examples: {training.get('examples', '-')}, seed {training.get('seed', '-')}",
        f"- fingerprint of the rows: `{training.get('fingerprint', '-')}`",
        f"- command: `{training.get('command', '-')}`",
        *_heat_lines(training),
        "",
        "## Measured",
        "",
        *_figures(metrics),
        "",
        *_genre_rows(metrics),
        "",
        "## Limits",
        "",
        "Labels of the training films follow the customs of their sources; a genre that a source never uses was",
        "left out of the loss there, and counts as absent in the figures above. English texts and mostly Western",
        "films dominate. Probabilities are calibrated on films like those; for other material they are a guess.",
    ]
    return "\n".join(lines) + "\n"
