"""A measured version as charts: do its percentages keep their word, how good is each genre, what it mixes up."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from genresite.charts import Bar, Chart, Dot, draw_bars, draw_grid, draw_reliability, show_count, show_percent
from genresite.figures import show_figure
from movies.genre_names import show_genre, sort_key
from movies.vocabulary import genre_slug
from predictor.ml.reliability import read_tenths

GRID_GENRES = 12


def draw_report(name: str, measured: Mapping[str, Any]) -> list[Chart]:
    """The charts of a version; only those that its measurements have numbers for.

    Args:
        name: The version's name, part of each chart's word.
        measured: The figures of one split, as the manifest keeps them.

    Returns:
        Up to three charts.
    """
    charts = [_draw_reliability(name, measured), _draw_quality(name, measured), _draw_mix_ups(name, measured)]
    return [chart for chart in charts if not chart.empty]


def _draw_reliability(name: str, measured: Mapping[str, Any]) -> Chart:
    tenths = [tenth for tenth in read_tenths(measured.get("reliability", {}).get("all", [])) if tenth.enough]
    most = max((tenth.films for tenth in tenths), default=1)
    dots, rows = [], []
    for tenth in tenths:
        span, true = f"{tenth.low * 100:.0f}–{tenth.high * 100:.0f} %", show_percent(tenth.true)
        tip = _("%(span)s: true in %(true)s") % {"span": span, "true": true}
        dots.append(Dot(tenth.said, tenth.true, tenth.films / most, tip))
        rows.append([span, show_percent(tenth.said), true, show_count(tenth.films)])
    worst = max((abs(tenth.true - tenth.said) for tenth in tenths), default=0.0)
    description = _(
        "What the model said against how often it came true. On the dotted line a percentage keeps its word; the "
        "farthest point is %(points)s points away."
    ) % {"points": f"{worst * 100:.0f}"}
    header = [_("Scored"), _("Said on average"), _("Came true"), _("Pairs of film and genre")]
    return draw_reliability(
        _("Do the percentages keep their word?"),
        description,
        dots,
        rows=rows,
        header=header,
        slug=f"reliability-{name}",
    )


def _draw_quality(name: str, measured: Mapping[str, Any]) -> Chart:
    table = measured.get("per_genre", {})
    ranked = sorted(table.items(), key=lambda item: (-(item[1].get("f1") or 0), item[0]))
    bars = [
        Bar(show_genre(genre), row.get("f1") or 0.0, show_figure(row.get("f1") or 0.0, 2), genre_slug(genre))
        for genre, row in ranked
    ]
    words = ""
    if bars:
        words = _("F1 of each genre: found against wrong and missed. %(best)s is told best, %(worst)s worst.") % {
            "best": bars[0].label, "worst": bars[-1].label,
        }  # fmt: skip
    header = (_("Genre"), "F1")
    return draw_bars(_("Quality of each genre"), words, bars, header=header, top=1.0, slug=f"quality-{name}")


def _draw_mix_ups(name: str, measured: Mapping[str, Any]) -> Chart:
    """Of the films of a genre, the share that was found, and the share given another genre in its place."""
    counts: Mapping[str, Mapping[str, int]] = measured.get("mix_ups", {})
    support = {genre: row.get("support") or 0 for genre, row in measured.get("per_genre", {}).items()}
    frequent = sorted((genre for genre in support if support[genre] and counts), key=lambda genre: -support[genre])
    names = sorted(frequent[:GRID_GENRES], key=sort_key)
    shares = [[counts.get(row, {}).get(column, 0) / support[row] for column in names] for row in names]
    pairs = [
        (share, row, column)
        for row, line in zip(names, shares, strict=True)
        for column, share in zip(names, line, strict=True)
        if row != column
    ]
    words = ""
    if pairs:
        share, row, column = max(pairs)
        words = _(
            "Each row: of the films that have this genre, how many were given it (on the diagonal), and how many were "
            "given another one in its place. Most often: %(row)s taken for %(column)s, %(share)s of its films."
        ) % {"row": show_genre(row), "column": show_genre(column), "share": show_percent(share)}
    return draw_grid(
        _("What is taken for what"),
        words,
        [show_genre(name) for name in names],
        shares,
        corner=_("The film is"),
        slug=f"mixups-{name}",
    )
