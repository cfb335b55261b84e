"""The API's description: committed, complete, with the answers that refuse."""

from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.db import connection

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    path = tmp_path_factory.mktemp("schema") / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(path))
    return yaml.safe_load(path.read_text())


def operations(schema):
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="Bounds of integers differ by database.")
def test_committed_description_is_the_present_one(schema) -> None:
    assert yaml.safe_load(COMMITTED.read_text()) == schema, "Run `make schema` and commit docs/openapi.yaml."


def test_every_refusal_has_the_one_error_body_and_an_example(schema) -> None:
    for name, operation in operations(schema):
        assert {"401", "429"} <= set(operation["responses"]), name
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                content = answer["content"]["application/json"]
                assert content["schema"] == {"$ref": "#/components/schemas/Error"}, (name, status)
                assert content["examples"], (name, status)


def test_every_endpoint_needs_a_token_or_a_session(schema) -> None:
    for name, operation in operations(schema):
        assert {"apiToken": []} in operation["security"], name
        assert {} not in operation["security"], name
    assert set(schema["components"]["securitySchemes"]) == {"apiToken", "cookieAuth"}


# What a POST may do besides creating something, twice as well as once; every other POST honours an Idempotency-Key.
NO_CREATE = ("/cancel/", "/settle/", "/activate/", "/promote/", "/rollback/", "/retry/", "/undo/")


def test_every_create_takes_an_idempotency_key(schema) -> None:
    for name, operation in operations(schema):
        decides = "/review/" in name and not name.endswith("/review/")
        if name.startswith("POST") and not name.endswith(NO_CREATE) and not decides:
            names = {parameter["name"] for parameter in operation.get("parameters", [])}
            assert "Idempotency-Key" in names, (
                f"{name}: put @idempotent below @extend_schema, see predictor/api/jobs.py"
            )


def test_every_default_is_one_of_its_choices(schema) -> None:
    """Generators of clients leave out an endpoint whose default is none."""
    components = schema["components"]["schemas"]
    for name, component in components.items():
        for field, facts in component.get("properties", {}).items():
            reference = facts.get("allOf", [{}])[0].get("$ref", "").split("/")[-1]
            choices = components.get(reference, {}).get("enum")
            assert not choices or "default" not in facts or facts["default"] in choices, (name, field)


def test_every_filter_says_in_a_sentence_what_it_does(schema) -> None:
    """A label such as "From" is for a form, where the field's neighbours explain it."""
    for name, operation in operations(schema):
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query":
                words = parameter.get("description", "").partition("\n")[0]
                told = f"{name} {parameter['name']}: {words!r}"
                assert words.rstrip().endswith(".") and not words.startswith("*"), told
