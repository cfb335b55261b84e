"""English stop words: NLTK's list where it is installed, else the one that scikit-learn brings along."""

from __future__ import annotations

NLTK_LIST = "NLTK stopwords (english)"
SKLEARN_LIST = "scikit-learn ENGLISH_STOP_WORDS"


def load_stop_words() -> tuple[str, tuple[str, ...]]:
    """Loads a list of stop words; nothing is downloaded.

    Returns:
        The name of the list, for the manifest, and its words in alphabetical order.
    """
    try:
        from nltk.corpus import stopwords

        return NLTK_LIST, tuple(sorted(stopwords.words("english")))
    except LookupError:
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

        return SKLEARN_LIST, tuple(sorted(ENGLISH_STOP_WORDS))
