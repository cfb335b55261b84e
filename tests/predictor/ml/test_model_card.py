from predictor.ml.model_card import render_model_card

from .bundles import manifest


def test_card_shows_figures_of_each_measured_split_and_the_genres() -> None:
    row = {"support": 30, "threshold": 0.3, "precision": 0.5, "recall": 0.6, "f1": 0.5454, "average_precision": None}
    metrics = {
        "validation": {"f1": {"micro": 0.6}},
        "test": {"f1": {"micro": 0.5}, "per_genre": {"Comedy": row}},
    }
    card = render_model_card({**manifest("plot"), "name": "plot-tiny-1", "metrics": metrics})
    assert "| micro-F1 | 0.6000 | 0.5000 |" in card
    assert "| Comedy | 30 | 0.3000 | 0.5000 | 0.6000 | 0.5454 | - |" in card


def test_card_of_an_unmeasured_model_says_so() -> None:
    assert "Not measured yet." in render_model_card({**manifest("plot"), "name": "plot-tiny-1"})


def test_card_of_a_single_label_model_has_its_accuracy_and_no_other_card_has() -> None:
    metrics = {"test": {"single_label": {"accuracy": 0.5, "macro_f1": 0.25, "top_3": 0.75}}}
    card = render_model_card({**manifest("plot"), "name": "one-tiny-1", "metrics": metrics})
    assert "| accuracy (one genre a film) | 0.5000 |" in card
    assert "accuracy" not in render_model_card({**manifest("plot"), "name": "plot-tiny-1", "metrics": {"test": {}}})
