"""A word-piece tokeniser of a few words, as a file."""

from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing


def write_tokenizer(
    path: Path,
    pieces: Sequence[str],
    *,
    names: Sequence[str] = ("[PAD]", "[UNK]", "[CLS]", "[SEP]"),
    frame: tuple[str, str] = ("[CLS]", "[SEP]"),
) -> Path:
    """Ids 0 to 3 are padding, unknown, start and end, unless other names are given."""
    names = [*names, *pieces]
    start, end = frame
    tokenizer = Tokenizer(WordPiece({name: place for place, name in enumerate(names)}, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single=f"{start} $A {end}", special_tokens=[(name, names.index(name)) for name in frame]
    )
    tokenizer.save(str(path))
    return path
