"""The API's description, made once a process: it is the same for everybody, in English, and takes a second to make."""

import functools
from typing import Any

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer

FORMS = {"yaml": OpenApiYamlRenderer, "json": OpenApiJsonRenderer}


@functools.cache
def read_schema() -> dict[str, Any]:
    """The OpenAPI description of every endpoint.

    Returns:
        The description as drf-spectacular makes it; not to be changed.
    """
    # Words of models and fields are translated where they are shown; programs read one language.
    with translation.override("en"):
        schema: dict[str, Any] = SchemaGenerator().get_schema(public=True)
    return schema


@functools.cache
def render_schema(form: str) -> tuple[bytes, str]:
    """The description as a file.

    Args:
        form: "yaml" or "json".

    Returns:
        Its bytes and their media type.
    """
    renderer = FORMS[form]()
    content = renderer.render(read_schema(), renderer_context={})
    return content if isinstance(content, bytes) else content.encode(), renderer.media_type
