"""Trying the models without an account: asked, answered, and nothing kept."""

from django.conf import settings

from genresite.throttles import limit_attempts
from predictor.pipelines import Answer
from predictor.services.predictions import predict_once

TRIAL_WINDOW_SECONDS = 3600


def run_trial(*, address: str, plot: str = "", poster_bytes: bytes | None = None) -> Answer:
    """Ask the models about a film for somebody who has no account; nothing is stored but the count of the tries.

    Args:
        address: The network address that asks; each may try `TRIALS_AN_HOUR` times an hour.
        plot: The text, or blank.
        poster_bytes: The poster's file, or None.

    Returns:
        The answer.

    Raises:
        TooMany: The address has tried too often.
        InvalidInput: What was given breaks a rule.
        Unavailable: A model that is needed is not there.
    """
    limit_attempts(name=f"trial-{address}", most=settings.TRIALS_AN_HOUR, seconds=TRIAL_WINDOW_SECONDS)
    return predict_once(plot=plot, poster_bytes=poster_bytes)
