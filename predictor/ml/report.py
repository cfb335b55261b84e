"""Measured figures as plain-text tables, the model beside the answers that need no model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

CEILING: Final[Mapping[str, float]] = {"micro": 0.846, "macro_supported": 0.825}
"""F1 of IMDb's labels against TMDB's on 4,627 films: two expert sources agree no further than this."""

MEASURES: Final[Mapping[str, str]] = {
    "micro": "micro-F1",
    "macro_supported": "macro-F1 (genres with 20+)",
    "macro": "macro-F1 (all genres)",
    "weighted": "weighted F1",
    "samples": "samples-F1",
    "map": "mAP",
    "map_supported": "mAP (genres with 20+)",
    "roc_auc": "ROC-AUC",
    "jaccard": "Jaccard",
    "hit_at_1": "hit@1",
    "hit_at_3": "hit@3",
    "exact_match": "exact match",
    "ece": "calibration error (ECE)",
    "brier": "Brier score",
}
"""Every measure and its title, in the order of the tables."""

PLOTS: Final = ("precision-recall", "reliability", "learning-curve")
"""The pictures of a version, by the end of their file names."""

CONFUSIONS: Final = 12
"""So many pairs of confused genres are listed; the manifest holds all of them."""


def name_plot(version: str, plot: str) -> str:
    """File name of one of the ``PLOTS`` of a version."""
    return f"{version}-{plot}.svg"


def pick_measure(metrics: Mapping[str, Any], name: str) -> float | None:
    """A figure of ``MEASURES`` from what ``evaluation.evaluate`` returns; None if it is not there."""
    value = metrics.get("f1", {}).get(name, metrics.get(name))
    return float(value) if isinstance(value, float | int) else None


def _cell(value: Any) -> str:
    """A figure in eight places, a dash for none."""
    return f"{value:8.4f}" if isinstance(value, float | int) else f"{'-':>8}"


def _interval(interval: Any) -> str:
    """Both ends of an interval in 16 places; empty for none."""
    return f"{interval[0]:.4f}-{interval[1]:.4f}".rjust(16) if interval else " " * 16


def _measure_table(metrics: Mapping[str, Any]) -> list[str]:
    """One line per measure: the model, its interval, known labels only, the trivial answers, the ceiling."""
    trivial = metrics.get("trivial", {})
    masked = metrics.get("masked", {})
    columns = ("model", "95 % interval", "known only", *trivial, "two experts")
    widths = (10, 16, 12, *(max(len(name) + 2, 10) for name in trivial), 13)
    lines = [f"{'':<28}" + "".join(f"{name:>{width}}" for name, width in zip(columns, widths, strict=True))]
    for name, title in MEASURES.items():
        cells = [
            _cell(pick_measure(metrics, name)),
            _interval(metrics.get("interval_95", {}).get(name)),
            _cell(pick_measure(masked, name)),
            *(_cell(row.get(name)) for row in trivial.values()),
            _cell(CEILING.get(name)),
        ]
        lines.append(f"{title:<28}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)))
    return lines


def _genre_table(table: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """One line per genre, the intervals of F1 and AP behind them."""
    head = (
        f"{'genre':<14}{'films':>6}{'threshold':>11}{'precision':>11}{'recall':>8}"
        f"{'F1':>8}{'95 % interval':>16}{'AP':>8}{'95 % interval':>16}"
    )
    return [head] + [
        f"{genre:<14}{row['support']:>6}{_cell(row['threshold']):>11}{_cell(row['precision']):>11}{_cell(row['recall'])}"
        f"{_cell(row['f1'])}{_interval(row.get('interval_95', {}).get('f1'))}"
        f"{_cell(row['average_precision'])}{_interval(row.get('interval_95', {}).get('average_precision'))}".rstrip()
        for genre, row in sorted(table.items())
    ]


def _single_label_lines(figures: Mapping[str, Any]) -> list[str]:
    """Accuracy, macro-F1 and top three of a one-genre model, and what it confuses most."""
    lines = [f"{'one genre a film':<28}{'model':>10}{'95 % interval':>16}{'most frequent':>15}{'label priors':>14}"]
    trivial = figures.get("trivial", {})
    for name, title in (("accuracy", "accuracy"), ("macro_f1", "macro-F1"), ("top_3", "right one among three")):
        beside = [_cell(trivial.get(row, {}).get(name)) for row in ("most frequent", "label priors")]
        interval = _interval(figures.get("interval_95", {}).get(name))
        lines.append(f"{title:<28}{_cell(figures[name]):>10}{interval}{beside[0]:>15}{beside[1]:>14}")
    pairs = [
        (count, truth, said)
        for truth, row in figures["confusion"].items()
        for said, count in row.items()
        if truth != said
    ]
    lines.append("most frequent confusions (true > said):")
    ranked = sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2]))
    return lines + [f"  {truth} > {said}: {count}" for count, truth, said in ranked[:CONFUSIONS]] + [""]


def render_metrics(title: str, metrics: Mapping[str, Any]) -> str:
    """Writes measured figures as text.

    Args:
        title: what was measured on what.
        metrics: as ``evaluation.evaluate`` or ``single_label.evaluate_single`` returns them.

    Returns:
        Lines for a terminal or a documentation page.
    """
    lines = [f"{title}, {metrics['films']} films", ""]
    if "single_label" in metrics:
        lines += _single_label_lines(metrics["single_label"])
    lines += [*_measure_table(metrics), ""]
    return "\n".join(lines + _genre_table(metrics["per_genre"])) + "\n"
