"""Fill the catalogue with the demo films."""

from typing import Any

from django.core.management.base import BaseCommand

from movies.demo.loader import load_demo


class Command(BaseCommand):
    """Loads the demo catalogue; running it again makes nothing twice."""

    help = "Load the demo catalogue: about 60 films with synopses and posters of our own. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it and say what was made."""
        made = load_demo()
        self.stdout.write(f"Demo catalogue: {made.movies} films and {made.posters} posters made.")
