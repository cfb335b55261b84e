"""Words of the API's description as HTML."""

from genresite.templatetags.reference import code, group_title, prose


def test_code_is_marked_and_everything_else_is_text() -> None:
    assert code("Send `a<b` & <i>go</i>") == "Send <code>a&lt;b</code> &amp; &lt;i&gt;go&lt;/i&gt;"


def test_empty_lines_part_paragraphs() -> None:
    assert prose("One.\n\nTwo `x`.\n") == "<p>One.</p><p>Two <code>x</code>.</p>"
    assert prose("") == ""


def test_unknown_group_is_called_by_its_own_word() -> None:
    assert group_title("tokens") == "API tokens"
    assert group_title("shelves") == "Shelves"
