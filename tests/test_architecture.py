"""Who may import whom, how large a file may grow, and that the web process never loads TensorFlow."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("genresite", "movies", "predictor")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40

# A module (by its longest matching prefix) may import these of our own packages, and its own subtree where it says so.
ALLOWED: dict[str, tuple[str, ...]] = {
    "genresite.errors": (),
    # Plain shapes from plain numbers: every app may draw with it.
    "genresite.charts": (),
    # Its endpoints use what every endpoint shares.
    "genresite.accounts": (
        "genresite.accounts",
        "genresite.errors",
        "genresite.api",
        "genresite.api_schema",
        "genresite.idempotency",
        "genresite.throttles",
    ),
    "genresite": ("genresite",),
    # The home page shows what every app has.
    "genresite.views": ("genresite", "predictor.samples", "predictor.selectors"),
    "genresite.styleguide": ("genresite.charts", "movies.genre_names", "movies.vocabulary"),
    "movies": (
        "movies",
        "genresite.errors",
        "genresite.accounts",
        "genresite.api",
        "genresite.api_schema",
        "genresite.idempotency",
        "genresite.kept",  # figures over whole tables
        "genresite.paging",
    ),
    "predictor.ml": ("predictor.ml",),
    "predictor.models": ("predictor.models", "movies.models"),
    "predictor": (
        "predictor",
        "movies",
        "genresite.errors",
        "genresite.accounts",
        "genresite.api",
        "genresite.health",
        "genresite.throttles",
        "genresite.charts",
        "genresite.figures",
        "genresite.api_schema",
        "genresite.idempotency",
        "genresite.hooks",
        "genresite.kept",
        "genresite.paging",
        "genresite.sealed",  # the token of a share link, for its owner to see again
        "genresite.body_limits",  # a view says that it takes larger bodies than others
    ),
}
# Heavy packages, and the only modules that may name them at the top of a file.
HEAVY = {"keras", "tensorflow", "pandas", "sklearn", "matplotlib", "onnx", "tf2onnx"}
HEAVY_ALLOWED = ("predictor.ml.training",)
# Never: layer on the left importing a layer on the right.
FORBIDDEN = [
    ("movies", "predictor"),
    ("predictor.models", "predictor.services"),
    ("movies.models", "movies.services"),
    ("predictor.serializers", "predictor.services"),
    ("movies.serializers", "movies.services"),
    ("predictor.services.training", "predictor.tasks"),
    ("predictor.services", "predictor.views"),
    ("predictor.services", "predictor.api"),
    ("predictor.ml", "django"),
    ("predictor.ml", "rest_framework"),
    ("predictor.ml", "celery"),
]


VIEWS = ("movies.views", "predictor.views", "genresite.views", "genresite.accounts.views", "genresite.hooks.views")


def module_name(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def source_files() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def imports_of(tree: ast.AST, *, top_level_only: bool = False) -> Iterator[str]:
    nodes = tree.body if top_level_only and isinstance(tree, ast.Module) else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import of {node.module}"
            yield node.module or ""
            # `from package import module` names the module as well.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


FILES = list(source_files())


@pytest.mark.parametrize("path", FILES, ids=[module_name(path) for path in FILES])
def test_module_imports_only_what_its_layer_may(path: Path) -> None:
    name = module_name(path)
    prefix = max((key for key in ALLOWED if is_within(name, key)), key=len)
    ours = {found for found in imports_of(ast.parse(path.read_text())) if found.split(".")[0] in PACKAGES}
    # A package name on its own comes from `import a.b`; what counts is the module named in full.
    strangers = {f for f in ours if not any(is_within(f, good) or is_within(good, f) for good in ALLOWED[prefix])}
    assert not strangers, f"{name} may import {ALLOWED[prefix]}, but imports {sorted(strangers)}"


@pytest.mark.parametrize(("importer", "imported"), FORBIDDEN)
def test_forbidden_direction_is_not_taken(importer: str, imported: str) -> None:
    guilty = [
        module_name(path)
        for path in FILES
        if is_within(module_name(path), importer)
        and any(is_within(found, imported) for found in imports_of(ast.parse(path.read_text())))
    ]
    assert not guilty, f"{guilty} import {imported}"


def test_heavy_packages_are_named_by_training_only() -> None:
    guilty = []
    for path in FILES:
        name = module_name(path)
        if any(is_within(name, allowed) for allowed in HEAVY_ALLOWED):
            continue
        found = {heavy.split(".")[0] for heavy in imports_of(ast.parse(path.read_text()))} & HEAVY
        if found:
            guilty.append((name, found))
    assert not guilty


def test_nothing_imports_views() -> None:
    allowed = {"genresite.urls", "movies.urls", "predictor.urls", "genresite.accounts.urls", "genresite.hooks.urls"}
    guilty = [
        module_name(path)
        for path in FILES
        if module_name(path) not in allowed
        and not any(is_within(module_name(path), views) for views in VIEWS)
        and any(is_within(found, views) for found in imports_of(ast.parse(path.read_text())) for views in VIEWS)
    ]
    assert not guilty


@pytest.mark.parametrize("path", FILES, ids=[module_name(path) for path in FILES])
def test_file_and_its_functions_stay_short(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= MAX_FILE_LINES
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    too_long = [f"{node.name}: {code_lines(node)} lines" for node in functions if code_lines(node) > MAX_FUNCTION_LINES]
    assert not too_long


def code_lines(node: ast.FunctionDef) -> int:
    """Lines of a function without its docstring."""
    first = node.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(getattr(first.value, "value", None), str)
    return node.end_lineno - node.lineno + 1 - (first.end_lineno - first.lineno + 1 if is_docstring else 0)


WEB_PROCESS = """
import sys
import django
django.setup()
from django.urls import get_resolver
from rest_framework.test import APIRequestFactory
get_resolver().url_patterns
import genresite.celery, predictor.tasks, predictor.pipelines
genresite.celery.app.loader.import_default_modules()
print(" ".join(sorted({name.split(".")[0] for name in sys.modules} & set(sys.argv[1:]))))
"""


def test_web_process_leaves_tensorflow_unimported() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "genresite.settings"}
    answer = subprocess.run(
        [sys.executable, "-c", WEB_PROCESS, *sorted(HEAVY), "scipy", "torch", "jax"],
        capture_output=True, text=True, cwd=ROOT, env=environment, timeout=120, check=True,
    )  # fmt: skip
    assert answer.stdout.split() == []
