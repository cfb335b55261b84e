"""ZIP files that people send, among them those that are made to do harm."""

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genresite.errors import InvalidInput
from predictor import archives
from predictor.archives import open_archive
from predictor.services.batch_sources import inspect_file
from tests.predictor.batch_maker import make_csv, make_posters, make_zip


def check(data: bytes):
    with open_archive(io.BytesIO(data)) as archive:
        return archive.check()


def refusal(data: bytes) -> str:
    with pytest.raises(InvalidInput) as caught:
        check(data)
    assert caught.value.field == "file" and caught.value.message.isprintable()
    return caught.value.code


def zip_with(*entries: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in entries:
            archive.writestr(entry, content)
    return buffer.getvalue()


def test_posters_a_list_and_what_systems_put_beside_them():
    files = {
        **make_posters(),
        "films.csv": make_csv(1),
        "__MACOSX/._films.csv": b"x",
        ".hidden.jpg": b"x",
        "a.txt": b"",
    }
    contents = check(make_zip(files))
    assert contents.posters == ["green.png", "deep/red.jpg"]
    assert (contents.list_name, contents.ignored) == ("films.csv", 3)


@pytest.mark.parametrize(
    "name",
    ["../a.png", "a/../../b.png", "/etc/a.png", "\\\\server\\a.png", "C:\\a.png", "..\\a.png", "a\\..\\..\\b.png"],
)
def test_paths_that_lead_out(name):
    assert refusal(make_zip({name: b"x"})) == "archive_path"


def test_a_link_is_no_file():
    link = zipfile.ZipInfo("a.png")
    link.create_system, link.external_attr = 3, (0o120777 << 16)
    assert refusal(zip_with((link, b"/etc/passwd"))) == "archive_link"


@pytest.mark.parametrize("name", ["more.zip", "deep/more.tar.gz", "MORE.RAR", "a.7z"])
def test_an_archive_in_an_archive(name):
    assert refusal(make_zip({"a.png": b"x", name: b"x"})) == "archive_nested"


def test_a_bomb_is_told_by_its_ratio():
    assert refusal(make_zip({"a.csv": bytes(50_000_000)})) == "archive_bomb"


def test_a_bomb_of_many_files_is_told_by_their_sum(monkeypatch):
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 1000)
    assert refusal(make_zip({f"{number}.png": b"x" * 200 for number in range(6)})) == "archive_too_large"


def test_files_that_share_their_bytes():
    """The same compressed bytes under two names of the directory, as David Fifield's bomb has it."""
    data = make_zip({"a.png": b"x" * 500, "b.png": b"y" * 500})
    first, second = data.find(b"PK\x01\x02"), data.rfind(b"PK\x01\x02")
    assert first < second
    shared = data[: second + 42] + struct.pack("<I", 0) + data[second + 46 :]
    assert refusal(shared) == "archive_bomb"


def test_a_directory_that_would_fill_the_memory_is_never_read():
    data = bytearray(make_zip({"a.png": b"x"}))
    end = data.rfind(b"PK\x05\x06")
    data[end + 8 : end + 12] = struct.pack("<HH", 65_000, 65_000)
    data[end + 12 : end + 16] = struct.pack("<I", 900_000_000)
    assert refusal(bytes(data)) == "archive_too_many"


def test_too_many_files(monkeypatch):
    monkeypatch.setattr(archives, "MAX_ENTRIES", 3)
    assert refusal(make_zip({f"{number}.png": b"x" for number in range(4)})) == "archive_too_many"


def test_a_password_and_rare_packings():
    data = bytearray(make_zip({"a.png": b"x"}))
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(data)) == "archive_encrypted"
    assert refusal(make_zip({"a.png": b"x"}, method=zipfile.ZIP_LZMA)) == "archive_method"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_come_twice_and_two_lists():
    assert refusal(zip_with(("a.png", b"x"), ("a.png", b"y"))) == "archive_name_doubled"
    assert refusal(make_zip({"a.csv": b"x", "b.jsonl": b"y"})) == "archive_lists"
    assert refusal(make_zip({"a.txt": b"x"})) == "archive_empty"


def test_a_poster_is_found_from_the_list_or_from_the_root():
    data = make_zip({"a.png": b"root", "in/a.png": b"near", "in/b.png": b"b"})
    with open_archive(io.BytesIO(data)) as archive:
        assert archive.read_poster("a.png", most_bytes=9, beside="in/films.csv") == b"near"
        assert archive.read_poster("in\\b.png", most_bytes=9, beside="in/films.csv") == b"b"
        assert archive.read_poster("./a.png", most_bytes=2) == b"roo", (
            "one byte more than allowed tells that it is larger"
        )
        for name in ("../a.png", "c.png", ""):
            with pytest.raises(InvalidInput) as caught:
                archive.read_poster(name, most_bytes=9)
            assert caught.value.code == "poster_not_found"


def test_a_damaged_poster_fails_alone():
    data = bytearray(make_zip({"a.png": b"x" * 500, "b.png": b"fine"}, method=zipfile.ZIP_STORED))
    data[100] ^= 0xFF
    with open_archive(io.BytesIO(bytes(data))) as archive:
        with pytest.raises(InvalidInput) as caught:
            archive.read_poster("a.png", most_bytes=1000)
        assert caught.value.code == "poster_unreadable"
        assert archive.read_poster("b.png", most_bytes=1000) == b"fine"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_broken_zip_is_refused_in_words_or_read(data):
    whole = bytearray(make_zip({"a.png": b"x" * 50, "in/films.csv": make_csv(2)}))
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=8)):
        whole[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    try:
        inspect_file(io.BytesIO(bytes(whole[:cut])), name="films.zip")
    except InvalidInput as refused:
        assert refused.code and refused.message


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.jsonl", "a.zip", "a"]))
def test_any_bytes_are_refused_in_words_or_read(content, name):
    try:
        inspect_file(io.BytesIO(content), name=name)
    except InvalidInput as refused:
        assert refused.code and refused.message
        refused.message.encode("utf-8")
