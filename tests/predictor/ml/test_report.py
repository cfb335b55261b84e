import numpy as np

from predictor.ml.evaluation import evaluate
from predictor.ml.report import render_metrics


def test_report_has_model_trivial_rows_ceiling_and_genres() -> None:
    labels = np.tile([[1.0, 0.0], [0.0, 1.0]], (30, 1))
    figures = evaluate(
        labels, labels * 0.9, [0.5, 0.5], ("Comedy", "War"), np.ones_like(labels), train_shares=[0.5, 0.5]
    )
    text = render_metrics("tiny on test", figures)
    assert text.startswith("tiny on test, 60 films")
    for part in (
        "model",
        "nothing",
        "most frequent two",
        "label priors",
        "0.8460",
        "Comedy",
        "95 % interval",
        "known only",
    ):
        assert part in text
