"""Indexes for long lists: by day, by genre, of corrections that wait or were accepted. New ones come before old ones go."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("movies", "0005_list_indexes"),
        ("predictor", "0010_imports_and_pins"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="decidedgenre",
            index=models.Index(fields=["genre", "-prediction"], name="decided_genre_newest"),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(
                condition=models.Q(("state", "proposed")), fields=["updated_at", "id"], name="feedback_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(
                condition=models.Q(("state", "accepted")), fields=["-settled_at"], name="feedback_accepted"
            ),
        ),
        migrations.AddIndex(
            model_name="prediction",
            index=models.Index(fields=["-created_at", "-id", "kind", "owner", "unsure"], name="prediction_newest"),
        ),
        migrations.AlterField(
            model_name="decidedgenre",
            name="genre",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="movies.genre"
            ),
        ),
        migrations.RemoveIndex(
            model_name="prediction",
            name="prediction_created",
        ),
    ]
