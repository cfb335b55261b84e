import json
from pathlib import Path

import numpy as np
import pytest

from predictor.ml.errors import ArtifactError, InvalidExample
from predictor.ml.wordpiece import WordpieceEncoder

from .tokenizer_file import write_tokenizer


@pytest.fixture
def tokenizer(tmp_path: Path) -> Path:
    return write_tokenizer(tmp_path / "tokenizer.json", ["ghost", "##s", "love"])


def test_plot_is_framed_lowered_and_split(tokenizer: Path) -> None:
    encoder = WordpieceEncoder(tokenizer, max_tokens=10)
    vocabulary = json.loads(tokenizer.read_text())["model"]["vocab"]
    names = {place: piece for piece, place in vocabulary.items()}
    ids = encoder.encode("Ghosts LOVE zebras")
    assert ids.dtype == np.int32
    assert [names[i] for i in ids] == ["[CLS]", "ghost", "##s", "love", "[UNK]", "[SEP]"]


def test_long_plot_is_cut_before_its_end_token(tokenizer: Path) -> None:
    ids = WordpieceEncoder(tokenizer, max_tokens=5).encode("love " * 50)
    assert len(ids) == 5
    assert ids[-1] == WordpieceEncoder(tokenizer, max_tokens=5).encode("")[-1]


def test_batch_is_padded_with_zero_to_its_longest(tokenizer: Path) -> None:
    batch = WordpieceEncoder(tokenizer, max_tokens=10).batch(["love", "love love love", ""])
    tokens = batch["tokens"]
    assert tokens.shape == (3, 5)
    assert (tokens == 0).sum(axis=1).tolist() == [2, 0, 3]


def test_padding_has_id_0_whatever_the_vocabulary_says(tmp_path: Path) -> None:
    names = ["<s>", "<pad>", "[UNK]", "</s>", "ghost", "[PAD]"]
    path = write_tokenizer(tmp_path / "tokenizer.json", [], names=names, frame=("<s>", "</s>"))
    encoder = WordpieceEncoder(path, max_tokens=6)
    assert encoder.encode("ghost zebra").tolist() == [1, 4, 2, 3]
    assert encoder.batch(["ghost", "ghost ghost"])["tokens"].tolist() == [[1, 4, 3, 0], [1, 4, 4, 3]]


def test_no_room_for_a_word_is_refused(tokenizer: Path) -> None:
    with pytest.raises(InvalidExample, match="3 tokens or more, not 2"):
        WordpieceEncoder(tokenizer, max_tokens=2)


def test_broken_tokenizer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text("{}")
    with pytest.raises(ArtifactError, match=r"tokenizer\.json"):
        WordpieceEncoder(path, max_tokens=8)


def test_two_versions_with_one_tokenizer_cut_plots_each_at_its_own_length(tokenizer: Path, tmp_path: Path) -> None:
    copied = tmp_path / "copied" / "tokenizer.json"
    copied.parent.mkdir()
    copied.write_bytes(tokenizer.read_bytes())
    long, short, other = (
        WordpieceEncoder(path, max_tokens=count) for path, count in ((tokenizer, 8), (tokenizer, 4), (copied, 8))
    )
    plot = "ghost " * 20
    assert [len(encoder.encode(plot)) for encoder in (long, short, other)] == [8, 4, 8]
    assert other._tokenizer is long._tokenizer
