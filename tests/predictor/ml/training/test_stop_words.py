import nltk.corpus
import pytest

from predictor.ml.training.stop_words import NLTK_LIST, SKLEARN_LIST, load_stop_words


class Words:
    def words(self, language: str) -> list[str]:
        assert language == "english"
        return ["the", "a"]


class Missing:
    def words(self, language: str) -> list[str]:
        raise LookupError(language)


def test_nltk_list_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nltk.corpus, "stopwords", Words())
    assert load_stop_words() == (NLTK_LIST, ("a", "the"))


def test_without_it_a_dependency_helps_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nltk.corpus, "stopwords", Missing())
    name, words = load_stop_words()
    assert name == SKLEARN_LIST
    assert {"the", "and", "because"} <= set(words)
    assert list(words) == sorted(words)
