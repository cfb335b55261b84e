"""Measured figures as plain-text tables, the model beside the answers that need no model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

CEILING: Final[Mapping[str, float]] = {"micro": 0.846, "macro_supported": 0.825}
"""F1 of IMDb's labels against TMDB's on 4,627 films: two expert sources agree no further than this."""

_F1: Final = {
    "micro": "micro",
    "macro_supported": "macro (20+)",
    "macro": "macro (all)",
    "weighted": "weighted",
    "samples": "samples",
}
_OTHERS: Final = (
    "map",
    "map_supported",
    "roc_auc",
    "hit_at_1",
    "hit_at_3",
    "jaccard",
    "exact_match",
    "ece",
    "brier",
)


def _cell(value: Any) -> str:
    """A figure in eight places, a dash for none."""
    return f"{value:8.4f}" if isinstance(value, float | int) else f"{'-':>8}"


def _f1_table(metrics: Mapping[str, Any]) -> list[str]:
    """F1 averages of the model, the trivial answers and the ceiling."""
    head = f"{'F1':<32}" + "".join(f"{title:>13}" for title in _F1.values())
    rows = {"model": metrics["f1"]}
    if "masked" in metrics:
        rows["model, unknown labels left out"] = metrics["masked"]["f1"]
    rows.update(metrics.get("trivial", {}))
    rows["two expert sources (ceiling)"] = CEILING
    return [head] + [
        f"{title:<32}" + "".join(f"{_cell(row.get(name)):>13}" for name in _F1) for title, row in rows.items()
    ]


def _genre_table(table: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """One line per genre."""
    head = f"{'genre':<14}{'films':>6}{'threshold':>11}{'precision':>11}{'recall':>8}{'F1':>8}{'AP':>8}"
    return [head] + [
        f"{genre:<14}{row['support']:>6}{_cell(row['threshold']):>11}{_cell(row['precision']):>11}"
        f"{_cell(row['recall'])}{_cell(row['f1'])}{_cell(row['average_precision'])}"
        for genre, row in sorted(table.items())
    ]


def render_metrics(title: str, metrics: Mapping[str, Any]) -> str:
    """Writes measured figures as text.

    Args:
        title: what was measured on what.
        metrics: as ``evaluation.evaluate`` returns them.

    Returns:
        Lines for a terminal or a documentation page.
    """
    intervals = metrics.get("interval_95", {})
    lines = [f"{title}, {metrics['films']} films", "", *_f1_table(metrics), ""]
    lines += [f"95 % interval of {name} F1: {low:.4f} to {high:.4f}" for name, (low, high) in intervals.items()]
    lines += ["  ".join(f"{name} {_cell(metrics.get(name)).strip()}" for name in _OTHERS), ""]
    return "\n".join(lines + _genre_table(metrics["per_genre"])) + "\n"
