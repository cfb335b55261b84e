"""An index for parts of titles, where the database can have one: PostgreSQL with its extension pg_trgm."""

from typing import Any

from django.db import migrations

# Django's `icontains` asks for UPPER(title) LIKE UPPER('%…%').
CREATE = "CREATE INDEX IF NOT EXISTS movie_title_trigrams ON movies_movie USING gin (UPPER(title) gin_trgm_ops)"


def add_index(apps: Any, schema_editor: Any) -> None:
    """Make extension and index. Without them the search gives the same, reading every title."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
        if cursor.fetchone():
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(CREATE)


def drop_index(apps: Any, schema_editor: Any) -> None:
    """Drop the index; the extension may serve others."""
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("DROP INDEX IF EXISTS movie_title_trigrams")


class Migration(migrations.Migration):
    dependencies = [("movies", "0002_sources_and_decisions")]

    operations = [migrations.RunPython(add_index, drop_index)]
