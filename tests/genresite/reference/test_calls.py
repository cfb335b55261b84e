"""Examples that a shell and Python can read, word for word."""

import ast
import shlex

from genresite.reference.calls import Call, write_curl, write_python


def read_arguments(code: str) -> dict[str, object]:
    """What the call in an example is given by name, where that is plain values."""
    call = ast.parse(code).body[0].value
    plain = {}
    for argument in call.keywords:
        try:
            plain[argument.arg] = ast.literal_eval(argument.value)
        except ValueError:
            continue
    return plain


def test_json_arrives_as_it_was_meant() -> None:
    body = {"plot": 'It\'s "late" in $HOME …\nand dark.', "deep": {"yes": True, "none": None, "list": [1, 2.5]}}
    call = Call("POST", "/api/v1/predictions/", json=body, with_key=True)
    words = shlex.split(write_curl(call))
    assert words[:3] == ["curl", "-s", "$SITE/api/v1/predictions/"]
    assert ast.literal_eval(words[words.index("-d") + 1].replace("true", "True").replace("null", "None")) == body
    assert "Idempotency-Key: $(uuidgen)" in words
    assert read_arguments(write_python(call))["json"] == body
    assert '"Idempotency-Key": str(uuid.uuid4())' in write_python(call)


def test_method_is_named_where_curl_would_choose_another() -> None:
    assert "-X" not in write_curl(Call("GET", "/api/v1/jobs/"))
    assert "-X" not in write_curl(Call("POST", "/api/v1/jobs/", json={"kind": "catalogue"}))
    assert "-X POST" in write_curl(Call("POST", "/api/v1/jobs/3/cancel/"))
    assert "-X DELETE" in write_curl(Call("DELETE", "/api/v1/jobs/3/"))


def test_files_are_sent_and_kept() -> None:
    call = Call("POST", "/api/v1/imports/", form={"file": "@films.csv", "format": "imdb27"}, saves_as="out.csv")
    assert "-F file=@films.csv" in write_curl(call)
    assert "-o out.csv" in write_curl(call)
    code = write_python(call)
    assert 'files={"file": open("films.csv", "rb")}' in code
    assert 'data={"format": "imdb27"}' in code
    assert 'Path("out.csv").write_bytes(answer.content)' in code


def test_query_stands_behind_the_address() -> None:
    call = Call("GET", "/api/v1/models/drift/", query={"version": "plot-1"})
    assert '"$SITE/api/v1/models/drift/?version=plot-1"' in write_curl(call)
    assert read_arguments(write_python(call))["params"] == {"version": "plot-1"}
