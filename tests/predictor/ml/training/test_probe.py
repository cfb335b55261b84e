"""The linear probe against scikit-learn, and its treatment of unknown labels."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from predictor.ml.training.probe import fit_probe


def make_features(count: int = 200) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(1)
    features = generator.normal(3.0, 2.0, (count, 5)).astype(np.float32)
    labels = (features[:, :2] + generator.normal(size=(count, 2)) > 3.0).astype(np.float32)
    return features, labels


def test_agrees_with_scikit_learn() -> None:
    features, labels = make_features()
    probe = fit_probe(features, labels, np.ones_like(labels), penalty=0.05)
    scaled = (features - features.mean(0)) / (features.std(0) + 1e-3)
    peer = LogisticRegression(C=1 / (0.05 * len(features)), tol=1e-8).fit(scaled, labels[:, 0])
    found = features @ probe.weights[:, 0] + probe.bias[0]
    np.testing.assert_allclose(found, peer.decision_function(scaled), atol=2e-3)


def test_unknown_labels_do_not_matter() -> None:
    features, labels = make_features()
    mask = np.ones_like(labels)
    mask[:50, 1] = 0
    changed = labels.copy()
    changed[:50, 1] = 1 - changed[:50, 1]
    first, second = (fit_probe(features, given, mask, penalty=0.05) for given in (labels, changed))
    np.testing.assert_allclose(first.weights, second.weights, atol=1e-6)


def test_genre_without_a_film_gets_a_low_constant() -> None:
    features, labels = make_features()
    labels[:, 1] = 0
    probe = fit_probe(features, labels, np.ones_like(labels), penalty=0.05)
    assert (features @ probe.weights[:, 1] + probe.bias[1]).max() < -4
