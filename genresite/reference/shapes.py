"""Schemas as people read them: one row a field, and a value that shows what they look like."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from genresite.reference.schema import read_schema

Schema = dict[str, Any]
# An answer's parts of parts of parts are told by the example.
DEEPEST: Final = 4
# What a field of that name looks like, where its type says too little.
SAMPLES: Final[dict[str, Any]] = {
    "id": 17,
    "slug": "western",
    "genre": "Western",
    "prediction": 17,
    "movie": 17,
    "title": "The Last Ride",
    "year": 1969,
    "plot": "A retired gunslinger rides back into the desert town that he once left, to face the sheriff.",
    "text": "A retired gunslinger rides back into the desert town that he once left, to face the sheriff.",
    "genres": ["Western", "Drama"],
    "scores": {"Western": 0.93, "Drama": 0.41},
    "models": {"plot": "plot-example-1"},
    "imdb_id": "tt0123456",
    "token_key": "gs_0123456789ab",
    "token": "gs_0123456789abcdef…",
    "secret": "whsec_0123456789abcdef…",
    "owner": "ann",
    "next": None,
    "previous": None,
    "failure": "",
    "note": "Better on new films.",
    "version": 3,
    "from": 1,
    "to": 3,
    "count": 1,
    "page": 1,
    "page_size": 50,
}
FORMATS: Final[dict[str, Any]] = {
    "date-time": "2026-11-21T12:00:00Z",
    "date": "2026-11-21",
    "uri": "https://example.org/",
    "email": "ann@example.org",
    "binary": "(file)",
    "uuid": "5b2d9c0e-3f0a-4c57-9d0e-0c6f6d1f4a11",
}
TYPES: Final[dict[str, Any]] = {"integer": 1, "number": 0.5, "boolean": True, "string": "text"}


@dataclass(frozen=True)
class Field:
    """One value in a body or an answer: where it stands, what it may be, what it means."""

    path: str
    kind: str
    required: bool
    text: str
    choices: tuple[str, ...] = ()


def resolve(schema: Schema) -> Schema:
    """A schema with what it refers to put in its place; the words that it adds itself hold."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        found: Schema = read_schema()["components"]["schemas"][name]
        return resolve({**found, "x-name": name})
    if len(schema.get("allOf", [])) == 1:
        inner = resolve(schema["allOf"][0])
        return {**inner, **{key: value for key, value in schema.items() if key != "allOf"}}
    return schema


def list_fields(schema: Schema) -> list[Field]:
    """The fields of a body or an answer, those of inner objects with a path: `results[].genres[]`."""
    return list(_walk(schema, "", ()))


def _walk(schema: Schema, path: str, above: tuple[str, ...]) -> Iterator[Field]:
    schema = resolve(schema)
    name = schema.get("x-name", "")
    if schema.get("type") == "array":
        yield from _walk(schema["items"], f"{path}[]", above)
        return
    # A kind of thing that holds itself would never end.
    if len(above) > DEEPEST or (name and name in above):
        return
    for key, inner in schema.get("properties", {}).items():
        place = f"{path}.{key}" if path else key
        yield describe(inner, place, required=key in schema.get("required", []))
        yield from _walk(inner, place, (*above, name))


def describe(schema: Schema, path: str, *, required: bool) -> Field:
    """One field: its type with its limits, its words, and the values that it may have."""
    schema = resolve(schema)
    inner = resolve(schema["items"]) if schema.get("type") == "array" else schema
    # drf-spectacular lists the choices once more, behind the words.
    text = schema.get("description", "").split("* `")[0].strip()
    choices = tuple(str(choice) for choice in _list_choices(inner) if choice != "")
    return Field(path, name_kind(schema), required, text, choices)


def _list_choices(schema: Schema) -> list[Any]:
    inner = [choice for option in schema.get("oneOf", []) for choice in resolve(option).get("enum", [])]
    return [*schema.get("enum", []), *inner]


def name_kind(schema: Schema) -> str:
    """The type in a few words: "integer, ≥ 1", "array of string", "string (date-time) or null"."""
    schema = resolve(schema)
    if schema.get("type") == "array":
        words = f"array of {name_kind(schema['items'])}"
    elif "oneOf" in schema:
        words = " or ".join(dict.fromkeys(name_kind(option) for option in schema["oneOf"]))
    else:
        words = schema.get("type", "string" if "enum" in schema else "any value")
    if "format" in schema and schema["format"] != "double":
        words = "file" if schema["format"] == "binary" else f"{words} ({schema['format']})"
    words += "".join(_name_limits(schema))
    return f"{words} or null" if schema.get("nullable") else words


def _name_limits(schema: Schema) -> Iterator[str]:
    for low, high, unit in (("minimum", "maximum", ""), ("minLength", "maxLength", " characters")):
        # A database's own limits of a number say nothing to anybody.
        least, most = (schema.get(key) if abs(schema.get(key, 0)) < 2**31 - 1 else None for key in (low, high))
        if least is not None and most:
            yield f", {least:,} to {most:,}{unit}"
        elif most:
            yield f", at most {most:,}{unit}"
        elif least and (unit == "" or least > 1):
            yield f", at least {least:,}{unit}"


def make_sample(schema: Schema, name: str = "", above: tuple[str, ...] = ()) -> Any:
    """A value that the schema allows.

    Args:
        schema: What it must look like.
        name: What the field is called.
        above: The components that it lies in.

    Returns:
        Plain values for JSON.
    """
    schema = resolve(schema)
    component = schema.get("x-name", "")
    if schema.get("type") == "object" and "properties" in schema:
        inner = {} if component in above else schema["properties"]
        return {key: make_sample(value, key, (*above, component)) for key, value in inner.items()}
    if schema.get("type") == "array" and resolve(schema["items"]).get("type") in ("object", "array"):
        return [make_sample(schema["items"], name, above)]
    if name in SAMPLES and _fits(SAMPLES[name], schema):
        return SAMPLES[name]
    if schema.get("type") == "array":
        return [make_sample(schema["items"], name, above)]
    if schema.get("type") == "object":
        return {}
    return _sample_plain(schema)


def _fits(value: Any, schema: Schema) -> bool:
    types: dict[str, tuple[type, ...]] = {
        "string": (str,),
        "integer": (int,),
        "number": (int, float),
        "array": (list,),
        "object": (dict,),
    }
    if value is None:
        return bool(schema.get("nullable"))
    wanted = schema.get("type", "string" if "oneOf" in schema else "")
    return "enum" not in schema and wanted in types and isinstance(value, types[wanted])


def _sample_plain(schema: Schema) -> Any:
    choices = [choice for choice in _list_choices(schema) if choice != ""]
    if choices:
        return schema["default"] if schema.get("default") in choices else choices[0]
    if "oneOf" in schema:
        return _sample_plain(resolve(schema["oneOf"][0]))
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    value: Any = TYPES.get(schema.get("type", "string"))
    return max(value, schema.get("minimum", value)) if schema.get("type") == "integer" else value
