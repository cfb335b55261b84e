"""Make the shipped model bundles known to the site."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from predictor.services.versions import register_shipped_versions


class Command(BaseCommand):
    """Registers the bundles that come with the site; running it again changes nothing."""

    help = (
        "Register the shipped model bundles and let them answer where no usable version is active yet, or where a new "
        "release brings a newer one than the shipped one that is active."
    )
    # It verifies every bundle itself, and must run where the system check complains about one.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Register, and report what changed.

        Raises:
            CommandError: A shipped bundle is broken; the others are registered all the same.
        """
        report = register_shipped_versions()
        for word, names in (("Registered", report.added), ("Renewed", report.renewed), ("Active", report.activated)):
            for name in names:
                self.stdout.write(f"{word}: {name}")
        if report.refused:
            raise CommandError(" ".join(f"Refused {name}: {reason}" for name, reason in report.refused.items()))
        if not (report.added or report.renewed or report.activated):
            self.stdout.write("The shipped models are registered already.")
