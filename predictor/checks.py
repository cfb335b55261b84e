"""System checks of the models: a bundle whose files do not match is told at every start, and never loaded."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import DatabaseError

from predictor import bundles
from predictor.ml.customs import FAMILIES

HINT = "Restore the bundle's files from where they came from. Nothing was loaded from it and nothing was deleted."


@register("models")
def check_shipped_bundles(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every bundle that comes with the site must be whole."""
    problems = {folder.name: bundles.find_problem(folder) for folder in bundles.list_shipped_folders()}
    return [
        Error(problem, hint=HINT, obj=f"shipped model {name}", id="predictor.E001")
        for name, problem in problems.items()
        if problem
    ]


@register("models")
def check_active_versions(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every active version must be on disk as it was registered. Without a database there is nothing to say."""
    from predictor.models import ModelVersion

    try:
        versions = list(ModelVersion.objects.active())
    except DatabaseError:
        return []
    messages: list[CheckMessage] = []
    for version in versions:
        folder = bundles.find_folder(version.folder)
        if folder is None:
            # A release may leave an old model out; `register_models` then chooses another, so it must be able to start.
            text = f"The folder of the active model version {version.name} is not there."
            messages.append(Warning(text, hint="Run manage.py register_models.", id="predictor.W001"))
            continue
        problem = bundles.find_problem(folder, manifest_sha256=version.manifest_sha256)
        if problem and bundles.is_shipped(version.folder) and bundles.find_problem(folder) is None:
            # An upgrade brings its own bundles: whole in themselves, and known once `register_models` has run.
            text = f"The shipped model {version.name} was renewed by an upgrade and does not answer yet."
            messages.append(Warning(text, hint="Run manage.py register_models.", id="predictor.W002"))
        elif problem:
            messages.append(Error(problem, hint=HINT, obj=f"active model {version.name}", id="predictor.E002"))
    return messages


@register("models")
def check_genre_custom(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The custom that plots are answered in must be one that models can learn."""
    if not settings.GENRE_CUSTOM or settings.GENRE_CUSTOM in FAMILIES:
        return []
    text = f"GENRE_CUSTOM must be empty or one of {', '.join(FAMILIES)}, not {settings.GENRE_CUSTOM!r}."
    return [Error(text, hint="docs/operations.md says what it does.", id="predictor.E003")]
