import pytest

from predictor.ml.spans import Phrase, PlotWords


def texts(words: PlotWords, phrases: list[Phrase]) -> list[str]:
    return [words.text[slice(*words.bounds(phrase))] for phrase in phrases]


def test_words_are_places_in_the_text_as_it_was_given() -> None:
    text = "\u201cL\u2019\u00e9t\u00e9!\u201d\n\nThe so-called Zoe\u0308's   \U0001f47b ghost_house, 1999."
    words = PlotWords.find(text)
    found = [text[start:end] for start, end in words.places]
    assert found == ["L\u2019\u00e9t\u00e9", "The", "so-called", "Zoe\u0308's", "ghost", "house", "1999"]


def test_without_cuts_out_and_leaves_the_rest_as_it_was() -> None:
    words = PlotWords.find("ghost,  ghost\nand ghost")
    assert words.without([]) == words.text
    assert words.without([Phrase(1, 2)]) == "ghost,  \nand ghost"
    assert words.without([Phrase(3, 4), Phrase(0, 2)]) == "\nand "


def test_phrases_end_where_sentences_end() -> None:
    words = PlotWords.find('A b c d. E f? "G h i j k l."')
    assert texts(words, words.cut(3)) == ["A b c d", "E f", "G h i j k l"]
    assert texts(words, words.cut(4)) == ["A b c d", "E f", "G h i", "j k l"]


def test_too_many_sentences_are_cut_without_regard_to_their_ends() -> None:
    words = PlotWords.find("A. B. C. D. E. F.")
    assert texts(words, words.cut(2)) == ["A. B. C", "D. E. F"]


@pytest.mark.parametrize("pieces", [1, 2, 7, 40, 5000])
def test_phrases_hold_every_word_once_and_are_never_too_many(pieces: int) -> None:
    words = PlotWords.find("One two three. " * 50 + "four " * 200)
    phrases = words.cut(pieces)
    assert len(phrases) <= pieces
    assert [number for phrase in phrases for number in range(phrase.first, phrase.stop)] == list(range(len(words)))
    assert all(phrases)


def test_a_text_without_words_has_no_phrases() -> None:
    assert PlotWords.find("... \u2026 !").cut(5) == []


def test_words_behind_the_limit_are_left_out() -> None:
    assert len(PlotWords.find("a b c d", 3)) == 3


def test_long_runs_take_no_time() -> None:
    assert len(PlotWords.find("x" * 20_000 + "'" * 20_000)) == 1
