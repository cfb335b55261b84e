"""Which data sources have a film, and when a person decided its genres."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Max, OuterRef, Subquery


def keep_decisions(apps, schema_editor):
    """Labels that people gave before this are decisions as well."""
    Movie = apps.get_model("movies", "Movie")
    GenreLabel = apps.get_model("movies", "GenreLabel")
    given = GenreLabel.objects.filter(source="person")
    latest = given.filter(movie=OuterRef("pk")).order_by().values("movie").annotate(at=Max("labelled_at")).values("at")
    Movie.objects.filter(pk__in=given.values("movie")).update(genres_decided_at=Subquery(latest))


class Migration(migrations.Migration):
    dependencies = [("movies", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="movie",
            name="genres_decided_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.CreateModel(
            name="SourceRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=300)),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("kind", models.CharField(choices=[("movie", "Movie"), ("show", "Show")], max_length=5)),
                ("licence", models.CharField(blank=True, max_length=120)),
                ("may_train", models.BooleanField(default=False)),
                ("imported_at", models.DateTimeField(auto_now_add=True)),
                (
                    "movie",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="records", to="movies.movie"
                    ),
                ),
            ],
            options={
                "ordering": ["source"],
                "indexes": [models.Index(fields=["source", "title"], name="movies_sour_source_idx")],
                "constraints": [models.UniqueConstraint(fields=("movie", "source"), name="source_record_unique")],
            },
        ),
        migrations.RunPython(keep_decisions, migrations.RunPython.noop),
    ]
