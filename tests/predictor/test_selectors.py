"""What pages show."""

import pytest
from django.core.cache import cache

from predictor.models import Prediction
from predictor.selectors import reports, workers
from predictor.selectors.predictions import read_prediction_page
from predictor.selectors.reports import read_reports
from predictor.selectors.scores import BarRow, build_rows
from predictor.selectors.workers import read_worker_problem
from tests.factories import make_feedback, make_poster_bytes, make_prediction
from tests.predictor.fakes import FUNNY, GREEN, SCARY, make_version


@pytest.mark.parametrize(
    ("probability", "percent"), [(0.0, "<1"), (0.004, "<1"), (0.006, "1"), (0.5, "50"), (0.995, "100"), (0.9999, ">99")]
)
def test_percentages_are_whole_and_never_certain(probability, percent):
    assert BarRow("Sci-Fi", probability).percent == percent


def test_rows_come_likely_first_with_their_marks():
    rows = build_rows({"B": 0.2, "A": 0.2, "C": 0.9}, ["C"], {"C": 0.4})
    assert [(row.name, row.decided, row.threshold) for row in rows] == [
        ("C", True, 0.4), ("A", False, None), ("B", False, None),
    ]  # fmt: skip
    assert BarRow("Sci-Fi", 0.1).slug == "sci-fi"


def test_a_page_of_both_has_a_column_for_each_model(ann, joint_model, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    made = make_prediction(ann, plot=FUNNY, poster_bytes=make_poster_bytes(colour=GREEN))
    page = read_prediction_page(Prediction.objects.listed().get(pk=made.pk), ann)
    assert [column.part.kind for column in page.parts] == ["plot", "poster", "both"] and not page.averaged
    assert page.rows[0].threshold == 0.5 and len(page.top) == 3


def test_ones_own_feedback_is_told_from_others(ann, rita, fake_models):
    made = make_prediction(ann)
    own, others = make_feedback(made, ann, "Western"), make_feedback(made, rita, "Comedy")
    panel = read_prediction_page(Prediction.objects.listed().get(pk=made.pk), ann).panel
    assert panel.own == own and panel.others == [others] and panel.form.chosen == {"Western"}
    names = [choice.row.name for choice in panel.choices]
    assert names[0] == "Horror" and "Sci-Fi" in names and len(names) == len(set(names))


def test_a_page_costs_the_same_whatever_is_said(ann, rita, sam, fake_models, django_assert_num_queries):
    made = make_prediction(ann, plot=SCARY)
    for person in (ann, rita, sam):
        make_feedback(made, person)
    with django_assert_num_queries(7):
        read_prediction_page(Prediction.objects.listed().get(pk=made.pk), ann)


def test_reports_put_figures_beside_what_needs_no_model(fake_models):
    make_version("plot", "plot-old", state="retired")
    reports = read_reports()
    assert [report.version.kind for report in reports] == ["plot", "poster"]
    micro = next(figure for figure in reports[0].figures if figure.label == "Micro-F1")
    assert (micro.value, micro.most_frequent, micro.drawn, micro.interval) == (0.61, 0.35, 0.22, [0.6, 0.62])
    assert (micro.ceiling, micro.most_frequent_shown, micro.drawn_shown) == (0.846, "0.350", "0.220")
    assert micro.interval_shown == "0.600–0.620"
    assert reports[0].nothing_percent == "90" and len(reports[0].headline) == 3


def test_a_trivial_answer_is_shown_wherever_it_makes_sense(fake_models):
    version = fake_models["plot"]
    version.metrics["test"]["trivial"]["label priors"]["hit_at_3"] = 0.81
    version.metrics["test"]["interval_95"]["hit_at_3"] = [0.9, 0.93]
    version.save()
    figures = {figure.label: figure for figure in read_reports()[0].figures}
    hits = figures["One of three right"]
    assert (hits.drawn_shown, hits.most_frequent_shown, hits.ceiling) == ("81 %", "", None)
    assert hits.interval_shown == "90–93 %"


def test_pictures_are_shown_if_they_were_drawn(fake_models, settings, tmp_path):
    settings.MODEL_PLOTS_DIR = tmp_path
    assert read_reports()[0].plots == []
    (tmp_path / "plot-fake-1-reliability.svg").touch()
    (plot,) = read_reports()[0].plots
    assert plot.url.endswith("models/plot-fake-1-reliability.svg") and "percentages" in plot.caption


def test_a_report_is_drawn_once_for_the_same_figures_and_language(client, fake_models, monkeypatch, settings, tmp_path):
    cache.clear()
    settings.MODEL_PLOTS_DIR = tmp_path
    drawn = []
    monkeypatch.setattr(reports, "draw_report", lambda name, measured: drawn.append(name) or [])
    pages = [client.get("/about/").content.decode() for _ in range(2)]
    assert all("plot-fake-1" in page and "poster-fake-1" in page and "5,000 films" not in page for page in pages)
    assert drawn == ["plot-fake-1", "poster-fake-1"]
    client.get("/about/", headers={"accept-language": "de"})
    assert drawn == ["plot-fake-1", "poster-fake-1"] * 2
    version = fake_models["plot"]
    version.metrics["test"]["films"] = 5000
    version.save()
    drawn.clear()
    assert "5,000 films" in client.get("/about/").content.decode() and drawn == ["plot-fake-1"]
    (tmp_path / "poster-fake-1-reliability.svg").touch()
    drawn.clear()
    assert "poster-fake-1-reliability.svg" in client.get("/about/").content.decode() and drawn == ["poster-fake-1"]


def test_workers_are_asked_once_in_a_while(db, monkeypatch):
    cache.clear()
    asked = []
    monkeypatch.setattr(workers, "find_worker_problem", lambda: asked.append(1) or "No worker is running.")
    assert [read_worker_problem(), read_worker_problem()] == ["No worker is running."] * 2 and asked == [1]
    cache.clear()
    monkeypatch.setattr(workers, "find_worker_problem", lambda: None)
    assert read_worker_problem() is None
