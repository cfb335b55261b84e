"""Readable selections of films."""

from django.db import models


class MovieQuerySet(models.QuerySet["Movie"]):  # type: ignore[name-defined]
    """Films, narrowed by adjectives."""

    def labelled(self) -> "MovieQuerySet":
        """Films with at least one genre."""
        return self.filter(labels__isnull=False).distinct()

    def unlabelled(self) -> "MovieQuerySet":
        """Films without any genre."""
        return self.filter(labels__isnull=True)

    def listed(self) -> "MovieQuerySet":
        """With everything that a list of films shows, in a fixed number of queries."""
        return self.prefetch_related("genres", "posters")
