"""Charts of a measured version: from its own numbers, and none where it has none."""

from predictor.selectors.report_charts import draw_report

ROW = {"support": 100, "threshold": 0.5, "precision": 0.6, "recall": 0.5, "f1": 0.55, "average_precision": 0.6}
MEASURED = {
    "per_genre": {"Drama": ROW, "War": {**ROW, "f1": 0.3, "support": 10}, "News": {**ROW, "support": 0, "f1": None}},
    "reliability": {"all": [[1000, 0.04, 0.05], *[[0, 0.0, 0.0]] * 7, [19, 0.85, 0.1], [50, 0.95, 0.85]]},
    "mix_ups": {"Drama": {"Drama": 50, "War": 1}, "War": {"War": 4, "Drama": 5}},
}


def test_reliability_shows_bins_with_enough_films_and_its_worst_point():
    chart = draw_report("plot-1", MEASURED)[0]
    assert chart.rows == [["0–10 %", "4 %", "5 %", "1\u202f000"], ["90–100 %", "95 %", "85 %", "50"]]
    assert "10 points away" in chart.description
    assert chart.slug == "reliability-plot-1"


def test_quality_ranks_genres():
    chart = draw_report("plot-1", MEASURED)[1]
    assert chart.rows == [["Drama", "0.55"], ["War", "0.30"], ["News", "0.00"]]
    assert "Drama is told best, News worst" in chart.description


def test_mix_ups_are_shares_of_the_films_of_a_genre():
    chart = draw_report("plot-1", MEASURED)[2]
    assert chart.header == ["The film is", "Drama", "War"]
    assert chart.rows == [["Drama", "50 %", "1 %"], ["War", "50 %", "40 %"]]
    assert "War taken for Drama, 50 % of its films" in chart.description


def test_version_measured_before_has_the_charts_it_can_have():
    assert [chart.slug for chart in draw_report("old", {"per_genre": {"Drama": ROW}})] == ["quality-old"]
    assert draw_report("old", {}) == []
