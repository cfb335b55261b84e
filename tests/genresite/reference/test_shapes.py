"""Schemas become rows and values that people can read."""

import pytest

from genresite.reference.shapes import describe, list_fields, make_sample, name_kind, resolve


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "integer", "minimum": 0, "maximum": 3}, "integer, 0 to 3"),
        ({"type": "integer", "maximum": 9223372036854775807}, "integer"),
        ({"type": "string", "maxLength": 1200}, "string, at most 1,200 characters"),
        ({"type": "string", "minLength": 1}, "string"),
        ({"type": "string", "minLength": 20, "maxLength": 30}, "string, 20 to 30 characters"),
        ({"type": "string", "format": "date-time", "nullable": True}, "string (date-time) or null"),
        ({"type": "string", "format": "binary"}, "file"),
        ({"type": "array", "items": {"type": "string"}}, "array of string"),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, "string or integer"),
        ({}, "any value"),
    ],
)
def test_type_is_named_in_a_few_words(schema, words) -> None:
    assert name_kind(schema) == words


def test_fields_of_inner_things_have_a_path() -> None:
    paths = [field.path for field in list_fields({"$ref": "#/components/schemas/PaginatedPredictionList"})]
    assert {"next", "results", "results[].genres", "results[].parts[].scores"} <= set(paths)
    assert len(paths) == len(set(paths))


def test_choices_stand_once() -> None:
    kind = {"$ref": "#/components/schemas/PredictionKindEnum"}
    field = describe(kind, "kind", required=True)
    assert (field.choices, field.text) == (("plot", "poster", "both"), "")
    assert describe({"type": "array", "items": kind}, "kinds", required=True).choices == ("plot", "poster", "both")


def test_own_words_of_a_field_hold_against_those_of_its_kind() -> None:
    schema = {"allOf": [{"$ref": "#/components/schemas/PredictionKindEnum"}], "description": "Made from"}
    assert resolve(schema)["description"] == "Made from"


def test_thing_that_holds_itself_ends(monkeypatch) -> None:
    node = {"type": "object", "properties": {"inner": {"$ref": "#/components/schemas/Node"}}}
    monkeypatch.setattr("genresite.reference.shapes.read_schema", lambda: {"components": {"schemas": {"Node": node}}})
    reference = {"$ref": "#/components/schemas/Node"}
    assert [field.path for field in list_fields(reference)] == ["inner"]
    assert make_sample(reference) == {"inner": {}}


def test_sample_is_what_the_schema_allows() -> None:
    assert make_sample({"type": "integer", "minimum": 5}) == 5
    assert make_sample({"type": "string", "enum": ["", "a"]}) == "a"
    assert make_sample({"type": "string", "enum": ["a", "b"], "default": "b"}) == "b"
    assert make_sample({"type": "integer"}, "title") == 1
    assert make_sample({"type": "array", "items": {"type": "string"}}, "genres") == ["Western", "Drama"]
