"""Readable selections of films."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    pass


class MovieQuerySet(models.QuerySet["Movie"]):  # type: ignore[name-defined]  # models imports this module
    """Films, narrowed by adjectives."""

    def titled(self, words: str) -> "MovieQuerySet":
        """Films whose title has every one of the words, in any case and order."""
        selection = self
        for word in words.split():
            selection = selection.filter(title__icontains=word)
        return selection

    def labelled(self) -> "MovieQuerySet":
        """Films with at least one genre."""
        return self._with_related("labels", True)

    def unlabelled(self) -> "MovieQuerySet":
        """Films without any genre."""
        return self._with_related("labels", False)

    def plotted(self, wanted: bool = True) -> "MovieQuerySet":
        """Films with a plot, or those without."""
        return self._with_related("plots", wanted)

    def postered(self, wanted: bool = True) -> "MovieQuerySet":
        """Films with a poster, or those without."""
        return self._with_related("posters", wanted)

    def _with_related(self, name: str, wanted: bool) -> "MovieQuerySet":
        # A subquery, where a join would make a film come several times.
        related = self.model._meta.get_field(name).related_model
        there = models.Exists(related._default_manager.filter(movie=models.OuterRef("pk")))
        return self.filter(there if wanted else ~there)

    def listed(self) -> "MovieQuerySet":
        """With everything that a list of films shows, in a fixed number of queries."""
        return self.prefetch_related("genres", "posters")

    def detailed(self) -> "MovieQuerySet":
        """With everything that a film's page shows, in a fixed number of queries."""
        return self.select_related("created_by").prefetch_related(
            "labels__genre", "labels__person", "plots__added_by", "posters__added_by"
        )
