"""Make the films of the catalogue comparable, here and now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from genresite.errors import Conflict
from predictor.management.domain_command import DomainCommand
from predictor.models import Job
from predictor.services.film_vectors import active_versions, run_vectors, stale_films
from predictor.services.vector_requests import open_vectors


class Command(DomainCommand):
    """Does in this process what the workers do every few minutes; a stopped run goes on where it was."""

    help = (
        "Read every film that cannot be compared yet, so that similar films are found. The workers do the same by the "
        "clock; this one does it at once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--at-most."""
        parser.add_argument("--at-most", type=int, metavar="N", help="leave it to the workers where more films wait")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them comparable, and say how many.

        Raises:
            CommandError: The work broke off; what was made is kept.
        """
        most = options["at_most"]
        if most is not None and stale_films(active_versions())[: most + 1].count() > most:
            self._say(f"More than {most} films wait: the workers make them comparable.", options)
            return
        try:
            job = open_vectors(trigger=Job.Trigger.SCHEDULE)
        except Conflict as exc:
            self._say(exc.message, options)
            return
        run_vectors(job_id=job.pk)
        job.refresh_from_db()
        if job.failure:
            raise CommandError(job.failure)
        self._say(f"Made comparable: {job.outcome['made']}. Not readable: {job.outcome['skipped']}.", options)

    def _say(self, message: str, options: dict[str, Any]) -> None:
        if options["verbosity"]:
            self.stdout.write(message)
