"""What makes the catalogue's films comparable."""

from django.db import models

from movies.models import Movie
from predictor.models.model_version import ModelVersion


class FilmVector(models.Model):
    """A film as numbers: what a model says of its genres, and the words of its plot, folded into a few bytes.

    Invariants: one row per film; it is right as long as `content` is the hash of what the film shows first (the MD5 of
    its newest plot's text; without a plot the SHA-256 of its newest poster), `layout` is the present one, and `version`
    is in use. `version` is empty where no plot model was in use: then the genres are all zeros. Any change makes a row
    stale, which the next job finds; until then the old numbers are searched. `made_at` moves with every write: that is
    how each process finds what is new.
    """

    movie = models.OneToOneField(Movie, on_delete=models.CASCADE, primary_key=True, related_name="vector")
    content = models.CharField(max_length=64)
    layout = models.CharField(max_length=20)
    version = models.ForeignKey(ModelVersion, null=True, on_delete=models.SET_NULL, related_name="+")
    vector = models.BinaryField(help_text="One signed byte a number: see predictor.ml.similar.")
    made_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"Vector of film {self.movie_id}"
