"""The API's description: made once, in English, as YAML and as JSON."""

import json

import yaml

from genresite.reference.schema import read_schema


def test_description_comes_as_yaml_and_as_json(client, db) -> None:
    plain = client.get("/api/schema/")
    assert plain["Content-Type"] == "application/vnd.oai.openapi"
    described = yaml.safe_load(plain.content)
    assert described["info"]["title"] == "GenreSite API"
    assert json.loads(client.get("/api/schema/?format=json").content) == described
    asked = client.get("/api/schema/", headers={"accept": "application/json"})
    assert asked["Content-Type"] == "application/vnd.oai.openapi+json"
    assert 'filename="genresite-openapi.json"' in asked["Content-Disposition"]


def test_unknown_form_is_refused_in_words(client, db) -> None:
    answer = client.get("/api/schema/?format=xml")
    assert answer.status_code == 400
    assert answer.json()["error"]["details"] == {"field": "format", "received": "xml"}


def test_description_is_made_once_and_in_english(client, db) -> None:
    read_schema.cache_clear()
    client.get("/api/docs/", headers={"accept-language": "de"})
    first = read_schema()
    assert read_schema() is first
    assert "Plot and poster" in json.dumps(first)
