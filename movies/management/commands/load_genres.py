"""Bring the genre vocabulary into the database."""

from typing import Any

from django.core.management.base import BaseCommand

from movies.services import load_genres


class Command(BaseCommand):
    """Loads the site's genres and their aliases; running it again makes nothing twice."""

    help = "Load the site's genres and how other sources spell them. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load them and say what was made."""
        made = load_genres()
        self.stdout.write(f"Genres: {made.genres} made, {made.aliases} aliases made.")
