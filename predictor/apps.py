"""The prediction app's configuration."""

from django.apps import AppConfig


class PredictorConfig(AppConfig):
    """Predictions, feedback, model versions and jobs."""

    name = "predictor"
    verbose_name = "Predictions"

    def ready(self) -> None:
        """Register the system checks of the shipped and registered model bundles."""
        from predictor import checks  # noqa: F401 - registering is the import's purpose
