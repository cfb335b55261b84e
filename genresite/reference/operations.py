"""The reference of the API: its description, sorted into groups of calls that a person can read."""

import functools
import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from genresite.reference.calls import KEY_HEADER, PREFIX, Call, write_curl, write_python
from genresite.reference.schema import read_schema
from genresite.reference.shapes import Field, describe, list_fields, make_sample, resolve

JSON: Final = "application/json"
FORM: Final = "multipart/form-data"
# As people meet them; a group that is not named here comes behind.
ORDER: Final = (
    "predictions", "batches", "movies", "genres", "imports", "exports", "feedback", "review", "models", "jobs",
    "webhooks", "tokens", "account",
)  # fmt: skip
ENDINGS: Final = {
    "text/csv": "csv",
    "application/zip": "zip",
    "image/webp": "webp",
    "application/x-ndjson": "jsonl",
    "text/plain": "txt",
}
# What is sent where a file is asked for.
FILES: Final = {"poster": "@poster.jpg", "image": "@poster.jpg", "file": "@films.csv"}


@dataclass(frozen=True)
class Body:
    """What a call sends or gets: its media types, its fields, and what it looks like."""

    kinds: tuple[str, ...]
    fields: tuple[Field, ...]
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Answer:
    """What comes back, by status."""

    status: int
    text: str
    body: Body
    headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Refusal:
    """What comes back where the call is refused; the body is the same for all of them."""

    status: int
    text: str
    code: str
    message: str


@dataclass(frozen=True)
class Operation:
    """One call: a method on an address."""

    id: str
    group: str
    method: str
    path: str
    summary: str
    text: str
    writes: bool
    needs_account: bool
    parameters: tuple[tuple[str, Field], ...]
    body: Body | None
    answers: tuple[Answer, ...]
    refusals: tuple[Refusal, ...]
    curl: str
    python: str

    @property
    def short_path(self) -> str:
        """The address without what all of them begin with."""
        return f"/{self.path.removeprefix(PREFIX)}"

    @property
    def words(self) -> str:
        """What a search looks through."""
        names = [field.path for _place, field in self.parameters]
        names += [field.path for field in self.body.fields] if self.body else []
        return " ".join([self.method, self.path, self.summary, self.text, *names]).lower()


@dataclass(frozen=True)
class Group:
    """The calls about one kind of thing."""

    slug: str
    operations: tuple[Operation, ...]

    def find(self, wanted: str) -> "Group":
        """The group with the calls that have every word.

        Args:
            wanted: Words, or parts of them, in any order.
        """
        words = wanted.lower().split()
        found = tuple(call for call in self.operations if all(word in call.words for word in words))
        return Group(self.slug, found)


@functools.cache
def read_groups() -> dict[str, Group]:
    """Every call of the API by group, in the order that people meet them.

    Returns:
        Groups by slug.
    """
    found: dict[str, list[Operation]] = {slug: [] for slug in ORDER}
    for path, methods in read_schema()["paths"].items():
        for method, operation in methods.items():
            call = _read_operation(path, method.upper(), operation)
            found.setdefault(call.group, []).append(call)
    return {slug: Group(slug, tuple(calls)) for slug, calls in found.items() if calls}


def _read_operation(path: str, method: str, operation: dict[str, Any]) -> Operation:
    text = operation.get("description", "").strip()
    body = _read_body(operation.get("requestBody", {}).get("content", {}), is_request=True)
    call = _make_call(path, method, operation)
    answers = operation["responses"].items()
    return Operation(
        id=operation["operationId"].replace(".", ""),
        group=operation["tags"][0],
        method=method,
        path=path,
        summary=operation.get("summary") or text.split("\n")[0].rstrip("."),
        text=text,
        writes=method != "GET",
        needs_account={} not in operation.get("security", [{}]),
        parameters=_read_parameters(operation),
        body=body if body.kinds else None,
        answers=tuple(_read_answer(int(status), answer) for status, answer in answers if int(status) < 400),
        refusals=tuple(_read_refusal(int(status), answer) for status, answer in answers if int(status) >= 400),
        curl=write_curl(call),
        python=write_python(call),
    )


def _read_parameters(operation: dict[str, Any]) -> tuple[tuple[str, Field], ...]:
    places = {"path": 0, "query": 1, "header": 2}
    rows = sorted(operation.get("parameters", []), key=lambda row: places[row["in"]])
    return tuple(
        (
            row["in"],
            describe(
                {**row["schema"], "description": row.get("description", "")},
                row["name"],
                required=row.get("required", False),
            ),
        )
        for row in rows
    )


def _read_body(content: dict[str, Any], *, is_request: bool = False) -> Body:
    if not content:
        return Body((), (), ())
    kind = JSON if JSON in content else next(iter(content))
    facts = content[kind]
    if kind not in (JSON, FORM):
        return Body(tuple(content), (), ())
    fields = tuple(list_fields(facts["schema"]))
    given = [(example.get("summary", ""), example["value"]) for example in facts.get("examples", {}).values()]
    sample = _sample_request(facts["schema"]) if is_request else make_sample(facts["schema"])
    examples = (given or [("", sample)]) if kind == JSON else []
    return Body(tuple(content), fields, tuple((name, _write_json(value)) for name, value in examples))


def _read_answer(status: int, answer: dict[str, Any]) -> Answer:
    headers = tuple((name, facts.get("description", "")) for name, facts in answer.get("headers", {}).items())
    # The generator's own words for an empty answer say less than the status does.
    said = answer.get("description", "").replace("No response body", "")
    return Answer(status, said or HTTPStatus(status).phrase, _read_body(answer.get("content", {})), headers)


def _read_refusal(status: int, answer: dict[str, Any]) -> Refusal:
    error = next(iter(answer["content"][JSON]["examples"].values()))["value"]["error"]
    return Refusal(status, answer["description"], error["code"], error["message"])


def _write_json(value: Any) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    # Lists of plain values on one line; a line break is never inside a string of JSON.
    return re.sub(r"\[\n([^\[\]{}]*?)\n\s*\]", lambda match: f"[{' '.join(match[1].split())}]", text)


def _sample_request(schema: dict[str, Any]) -> dict[str, Any]:
    """What a call cannot do without; of a body that may be anything, its first field."""
    schema = resolve(schema)
    needed = schema.get("required") or [name for name in schema.get("properties", {}) if name][:1]
    return {name: make_sample(schema["properties"][name], name) for name in needed}


def _make_call(path: str, method: str, operation: dict[str, Any]) -> Call:
    rows = operation.get("parameters", [])
    values = {row["name"]: make_sample(row["schema"], row["name"]) for row in rows if row.get("required")}
    in_path = {row["name"]: values[row["name"]] for row in rows if row["in"] == "path"}
    content = operation.get("requestBody", {}).get("content", {})
    return Call(
        method=method,
        path=path.format(**in_path),
        query={row["name"]: values[row["name"]] for row in rows if row["in"] == "query" and row.get("required")},
        json=_choose_json(content),
        form={} if JSON in content else _choose_form(content),
        with_key=any(row["name"] == KEY_HEADER for row in rows),
        saves_as=_name_file(path, operation),
    )


def _choose_json(content: dict[str, Any]) -> Any:
    if JSON not in content:
        return None
    examples = content[JSON].get("examples", {})
    return next(iter(examples.values()))["value"] if examples else _sample_request(content[JSON]["schema"])


def _choose_form(content: dict[str, Any]) -> dict[str, str]:
    if FORM not in content:
        return {}
    sample = _sample_request(content[FORM]["schema"])
    return {name: FILES.get(name, "@file") if value == "(file)" else str(value) for name, value in sample.items()}


def _name_file(path: str, operation: dict[str, Any]) -> str:
    kinds = [kind for status, answer in operation["responses"].items() if status == "200" for kind in answer["content"]]
    if not kinds or JSON in kinds:
        return ""
    stem = path.removeprefix(PREFIX).split("/")[0]
    return f"{stem}.{ENDINGS.get(kinds[0], 'bin')}"
