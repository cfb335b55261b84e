"""Films that are alike: words and their rarity, directions, kept vectors, and the search against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from predictor.ml import similar
from predictor.ml.errors import ArtifactError
from predictor.ml.labels import GENRES
from predictor.ml.similar import Query, WordRarity, direct_genres, pack_vector, project_words, unpack_vectors

STORM = "A keeper guards the lighthouse while a storm drowns the harbour."
SEA = "In the lighthouse two sisters wait for the storm, and Harald waits with them."
DESERT = "A sheriff rides through the desert to hang an outlaw."
PLOTS = [STORM, SEA, DESERT, *(f"The man number {number} walks through the town and waits." for number in range(160))]


@pytest.fixture(scope="module")
def rarity() -> WordRarity:
    return WordRarity.learn((plot, ()) for plot in PLOTS * 3)


@pytest.mark.parametrize(
    ("word", "folded"),
    [("Storms", "storm"), ("STORM", "storm"), ("class", "class"), ("virus", "virus"), ("crisis", "crisis"),
     ("gas", "gas"), ("Ünters", "ünter")],
)  # fmt: skip
def test_folding_takes_most_plurals_away(word, folded):
    assert similar.fold_word(word) == folded


def test_rarity_by_hand(rarity):
    assert rarity.films == 489 and rarity.count("storm") == 6 and rarity.count("man") == 480
    assert rarity.count("neverseen") == 0
    weights = rarity.weigh("The storm, the storm; a sheriff.")
    rare = np.array([np.log(490 / 7) + 1, np.log(490 / 4) + 1]) ** 1.5 * np.array([1 + np.log(2), 1])
    assert weights == pytest.approx(dict(zip(("storm", "sheriff"), rare / np.linalg.norm(rare), strict=True)))


def test_words_that_point_to_no_genre_are_dull():
    films = [("A ghost; nobody.", ["Horror", "Short"]) for _film in range(40)]
    films += [("A laugh; nobody.", ["Comedy", "Short"]) for _film in range(360)]
    rarity = WordRarity.learn(films)
    assert rarity.tells("ghost") and not rarity.tells("nobody") and rarity.tells("neverseen")
    # "laugh" stands in nine of ten plots with Comedy, and in none without: that is no twice as often as in all.
    assert not rarity.tells("laugh")


def test_common_words_are_no_content(rarity):
    assert "man" not in rarity.weigh(PLOTS[5]) and "town" not in rarity.weigh(PLOTS[5])
    assert rarity.weigh("The man.") == {} == rarity.weigh("") == rarity.weigh("12 34 ?!")


def test_rarity_is_the_same_after_a_file(rarity, tmp_path):
    rarity.save(tmp_path / "words.npz")
    again = WordRarity.load(tmp_path / "words.npz")
    assert (again.films, dict(again.counts), again.dull) == (rarity.films, dict(rarity.counts), rarity.dull)


@pytest.mark.parametrize("content", [b"", b"rubbish"])
def test_a_broken_file_is_told(tmp_path, content):
    (tmp_path / "words.npz").write_bytes(content)
    with pytest.raises(ArtifactError, match=r"words\.npz cannot be read"):
        WordRarity.load(tmp_path / "words.npz")


def test_a_file_with_one_hash_twice_is_told(tmp_path):
    twice = np.asarray([1, 1], np.uint32)
    np.savez(tmp_path / "words.npz", films=np.int64(2), hashes=twice, counts=twice[:1], dull=twice)
    with pytest.raises(ArtifactError, match="different hashes"):
        WordRarity.load(tmp_path / "words.npz")


def test_the_projection_is_the_same_everywhere():
    numbers = project_words({"lighthouse": 0.6, "storm": 0.8})
    assert numbers.dtype == np.float32 and np.linalg.norm(numbers) == pytest.approx(1)
    # The bits of a digest: in any process and on any machine these.
    assert np.sign(numbers[:8]).astype(int).tolist() == [-1, 1, -1, -1, 1, -1, -1, 1]
    assert not project_words({}).any()


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_a_direction_or_none(text):
    weights = WordRarity(10, {}).weigh(text)
    assert np.linalg.norm(project_words(weights)) == pytest.approx(1 if weights else 0, abs=1e-5)


def test_genres_are_square_roots_of_length_one():
    direction = direct_genres({"Drama": 0.64, "Horror": 0.36, "Opera": 1.0})
    assert direction[GENRES.index("Drama")] == pytest.approx(0.8)
    assert direction[GENRES.index("Horror")] == pytest.approx(0.6) and np.count_nonzero(direction) == 2
    assert not direct_genres({}).any()


def test_a_kept_vector_tells_nearly_the_same(rarity):
    genres, words = direct_genres({"Drama": 0.9, "War": 0.2}), project_words(rarity.weigh(STORM))
    (row,) = unpack_vectors([pack_vector(genres, words)])
    assert len(row) == similar.VECTOR_BYTES == 284
    assert similar.compare_genres(Query(genres, words), row) == pytest.approx(1, abs=0.01)
    assert row[28:].astype(float) @ words / 508 == pytest.approx(1, abs=0.02)


def test_vectors_of_another_length_are_refused():
    with pytest.raises(ArtifactError, match="284 bytes"):
        unpack_vectors([b"\x00" * 283])


def test_search_finds_what_scikit_learn_finds():
    random = np.random.default_rng(1)
    matrix = random.integers(-127, 128, (9_000, similar.VECTOR_BYTES)).astype(np.int8)
    query = Query(direct_genres({"Drama": 0.5, "War": 0.5}), project_words({"storm": 1.0}))
    places, scores = similar.search_nearest(matrix, query, 10)
    share = similar.GENRE_SHARE
    numbers = np.concatenate([query.genres * share / 127, query.words * (1 - share) / 508])
    expected = matrix.astype(np.float64) @ numbers
    assert scores == pytest.approx(np.sort(expected)[::-1][:10], abs=1e-4)
    lengths = np.linalg.norm(matrix.astype(np.float64), axis=1)
    nearest = NearestNeighbors(n_neighbors=9_000, metric="cosine", algorithm="brute").fit(matrix.astype(np.float64))
    distances, order = nearest.kneighbors(numbers[None])
    cosines = (1 - distances[0]) * np.linalg.norm(numbers) * lengths[order[0]]
    assert set(places) == set(order[0][np.argsort(-cosines)[:10]])


def test_equal_films_come_in_the_order_of_their_places():
    row = pack_vector(direct_genres({"Drama": 1.0}), project_words({"storm": 1.0}))
    query = Query(direct_genres({"Drama": 1.0}), project_words({"storm": 1.0}))
    places, _scores = similar.search_nearest(unpack_vectors([row] * 5), query, 3)
    assert places.tolist() == [0, 1, 2]


def test_an_empty_catalogue_has_no_neighbours():
    query = Query(direct_genres({"Drama": 1.0}), project_words({}))
    places, scores = similar.search_nearest(unpack_vectors([]), query, 10)
    assert len(places) == len(scores) == 0


@pytest.mark.parametrize(
    ("scores", "words", "share"),
    [({"Drama": 1.0}, {"storm": 1.0}, similar.GENRE_SHARE), ({"Drama": 1.0}, {}, 1.0), ({}, {"storm": 1.0}, 0.0)],
)
def test_what_is_missing_leaves_its_weight_to_the_other(scores, words, share):
    assert Query(direct_genres(scores), project_words(words)).genre_share == share


def test_shared_words_are_told_as_written_without_names(rarity):
    first = "Harald sees lighthouses and a storm from the harbour."
    assert similar.name_shared_words(first, SEA, rarity, 5) == ["lighthouses", "storm"]
    assert similar.name_shared_words(DESERT, SEA, rarity) == []


def test_word_scores_are_cosines(rarity):
    first, second = rarity.weigh(STORM), rarity.weigh(SEA)
    assert similar.compare_words(first, first) == pytest.approx(1)
    expected = sum(first[word] * second[word] for word in set(first) & set(second))
    assert similar.compare_words(first, second) == similar.compare_words(second, first) == pytest.approx(expected)
