"""The configuration of the app that keeps answers under their Idempotency-Key."""

from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    """A create that is sent twice under one key takes effect once."""

    name = "genresite.idempotency"
    label = "idempotency"
    verbose_name = "Idempotency keys"
