"""The prediction app's configuration."""

from django.apps import AppConfig


class PredictorConfig(AppConfig):
    """Predictions, feedback, model versions and jobs."""

    name = "predictor"
    verbose_name = "Predictions"

    def ready(self) -> None:
        """Register the system checks of the shipped and registered model bundles, and what is kept about people."""
        from predictor import checks, personal_data  # noqa: F401 - registering the checks is their import's purpose

        personal_data.register_sections()
