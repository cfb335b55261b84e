"""Charts: shapes where the numbers say, and every number in the table behind them."""

import pytest
from django.template.loader import render_to_string

from genresite.charts import (
    Bar,
    Dot,
    Series,
    draw_bars,
    draw_grid,
    draw_lines,
    draw_reliability,
    find_ticks,
    find_top,
    number,
    show_count,
    show_percent,
)


def shapes(chart, css):
    return [shape for shape in chart.shapes if css in shape.css.split()]


def test_longest_bar_fills_the_room_and_half_is_half():
    chart = draw_bars(
        "Mix", "Says", [Bar("Drama", 40, "40", "drama"), Bar("Sport", 20, "20")], header=("Genre", "Films")
    )
    drama, sport = (float(shape.at["width"]) for shape in shapes(chart, "chart__fill"))
    assert drama == pytest.approx(2 * sport)
    assert shapes(chart, "chart__fill")[0].slug == "drama"
    assert chart.rows == [["Drama", "40"], ["Sport", "20"]]


def test_bars_of_nothing_divide_by_nothing():
    chart = draw_bars("Mix", "Says", [Bar("Drama", 0, "0")], header=("Genre", "Films"))
    assert shapes(chart, "chart__fill")[0].at["width"] == "1"
    assert draw_bars("Mix", "Says", [], header=("Genre", "Films")).empty


def test_line_lies_between_bottom_and_top_and_breaks_at_a_gap():
    chart = draw_lines(
        "Agreement", "Says", ["a", "b", "c", "d"], [Series("All", [0.0, None, 0.5, 1.0])],
        place_head="Week", show=show_percent, top=1.0,
    )  # fmt: skip
    (path,) = shapes(chart, "chart__line")
    assert path.at["d"].count("M") == 2
    assert [float(dot.at["cy"]) for dot in shapes(chart, "chart__dot")] == [200, 105, 10]
    assert chart.header == ["Week", "All"]
    assert chart.rows == [["a", "0 %"], ["c", "50 %"], ["d", "100 %"]]
    assert chart.legend == []


def test_several_lines_have_a_legend_and_styles_of_their_own():
    series = [Series("micro", [0.5, 0.6]), Series("macro", [0.4, None])]
    chart = draw_lines("Quality", "Says", ["1", "2"], series, place_head="Version", show=lambda value: f"{value:.2f}")
    assert [key.words for key in chart.legend] == ["micro", "macro"]
    assert len({key.css for key in chart.legend}) == 2
    assert chart.rows == [["1", "0.50", "0.40"], ["2", "0.60", "–"]]


def test_series_of_another_length_is_refused():
    with pytest.raises(ValueError, match="'All' has 1 values for 2 places"):
        draw_lines("A", "Says", ["1", "2"], [Series("All", [1])], place_head="Week", show=show_count)


def test_calibrated_dots_lie_on_the_diagonal():
    chart = draw_reliability(
        "Reliability",
        "Says",
        [Dot(0.0, 0.0, 1, ""), Dot(1.0, 1.0, 0, "")],
        rows=[["0 %", "0 %"]],
        header=["Said", "True"],
    )
    (ideal,) = shapes(chart, "chart__ideal")
    first, last = shapes(chart, "chart__dot")
    assert (first.at["cx"], first.at["cy"]) == (ideal.at["x1"], ideal.at["y1"])
    assert (last.at["cx"], last.at["cy"]) == (ideal.at["x2"], ideal.at["y2"])
    assert float(first.at["r"]) > float(last.at["r"])


def test_grid_leaves_the_unknown_blank():
    chart = draw_grid("Mixed up", "Says", ["Drama", "War"], [[None, 0.25], [0.5, None]], corner="Film is")
    assert [cell.at["fill-opacity"] for cell in shapes(chart, "chart__cell")] == ["0.25", "0.5"]
    assert chart.rows == [["Drama", "", "25 %"], ["War", "50 %", ""]]


@pytest.mark.parametrize(("values", "top"), [([], 1), ([0], 1), ([0.3], 0.5), ([7], 10), ([11], 20), ([300], 500)])
def test_top_is_a_round_number_over_the_largest(values, top):
    assert find_top(values) == pytest.approx(top)


def test_ticks_keep_first_and_last():
    assert find_ticks(3) == [0, 1, 2]
    assert find_ticks(52)[0] == 0
    assert find_ticks(52)[-1] == 51
    assert len(find_ticks(52)) <= 6


def test_coordinates_are_short_and_plain():
    assert [number(value) for value in (1.0, 0.333333, 1e-9, 100)] == ["1", "0.33", "0", "100"]


def test_picture_has_title_description_and_table_and_escapes_words():
    chart = draw_bars("Mix <1>", "Drama leads.", [Bar("<Drama>", 4, "4")], header=("Genre", "Films"), slug="mix")
    page = render_to_string("includes/chart.html", {"chart": chart})
    assert 'role="img" aria-labelledby="chart-mix-title chart-mix-desc"' in page
    assert "Mix &lt;1&gt;" in page
    assert "<Drama>" not in page
    assert "<table" in page
    assert "style=" not in page
