"""The same call twice: for a shell, and for Python's requests."""

import json
import shlex
from dataclasses import dataclass, field
from typing import Any, Final

PREFIX: Final = "/api/v1/"
KEY_HEADER: Final = "Idempotency-Key"
WIDTH: Final = 88


@dataclass(frozen=True)
class Call:
    """What an example sends.

    Attributes:
        method: "GET", "POST", …
        path: With values in the place of its names, for example "/api/v1/batches/17/".
        query: Parameters behind the path that the call cannot do without.
        json: A body as JSON; None for none.
        form: Fields of a form, files among them by name as `@films.csv`.
        with_key: Whether it takes an Idempotency-Key.
        saves_as: File that the answer is written to; "" if it is JSON.
    """

    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    json: Any = None
    form: dict[str, str] = field(default_factory=dict)
    with_key: bool = False
    saves_as: str = ""


def write_curl(call: Call) -> str:
    """The call for a shell, with `$SITE` and `$TOKEN`."""
    query = "&".join(f"{name}={value}" for name, value in call.query.items())
    address = f"$SITE{call.path}{'?' if query else ''}{query}"
    lines = [f'curl -s "{address}"', '-H "Authorization: Token $TOKEN"']
    if call.method != ("POST" if call.json is not None or call.form else "GET"):
        lines[0] = f'curl -s -X {call.method} "{address}"'
    if call.with_key:
        lines.append(f'-H "{KEY_HEADER}: $(uuidgen)"')
    if call.json is not None:
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"-d {shlex.quote(json.dumps(call.json, ensure_ascii=False))}")
    lines += [f"-F {shlex.quote(f'{name}={value}')}" for name, value in call.form.items()]
    if call.saves_as:
        lines.append(f"-o {call.saves_as}")
    return " \\\n  ".join(lines)


def write_python(call: Call) -> str:
    """The call for Python, with the `session` and the `API` of the preamble."""
    arguments = [f'f"{{API}}/{call.path.removeprefix(PREFIX)}"']
    if call.query:
        arguments.append(f"params={_write_line(call.query)}")
    if call.json is not None:
        arguments.append(f"json={_write_value(call.json)}")
    arguments += _write_form(call.form)
    if call.with_key:
        arguments.append(f'headers={{"{KEY_HEADER}": str(uuid.uuid4())}}')
    arguments.append("timeout=30")
    start = f"answer = session.{call.method.lower()}("
    line = f"{start}{', '.join(arguments)})"
    if len(line) > WIDTH or "\n" in line:
        line = start + "".join(f"\n    {argument}," for argument in arguments) + "\n)"
    return f"{line}\nanswer.raise_for_status()\n{_write_end(call)}".strip()


def _write_value(value: Any, indent: int = 4) -> str:
    """A value as Python writes it, on one line if it fits, else one item a line."""
    line = _write_line(value)
    if len(line) + indent < WIDTH - 8 or not isinstance(value, dict) or not value:
        return line
    inner = " " * (indent + 4)
    items = "".join(f"\n{inner}{json.dumps(key)}: {_write_value(item, indent + 4)}," for key, item in value.items())
    return f"{{{items}\n{' ' * indent}}}"


def _write_line(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)}: {_write_line(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(_write_line(item) for item in value)}]"
    # JSON's strings are Python's; its true, false and null are not.
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _write_form(form: dict[str, str]) -> list[str]:
    files = {name: value.removeprefix("@") for name, value in form.items() if value.startswith("@")}
    words = {name: value for name, value in form.items() if name not in files}
    parts = []
    if words:
        parts.append(f"data={_write_value(words)}")
    if files:
        opened = ", ".join(f'"{name}": open("{value}", "rb")' for name, value in files.items())
        parts.append(f"files={{{opened}}}")
    return parts


def _write_end(call: Call) -> str:
    if call.saves_as:
        return f'Path("{call.saves_as}").write_bytes(answer.content)'
    return "" if call.method == "DELETE" else "print(answer.json())"
