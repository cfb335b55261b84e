"""Model versions, predictions, feedback and jobs."""

from predictor.models.feedback import Feedback
from predictor.models.job import Job
from predictor.models.lineage import Activation, TrainedOn
from predictor.models.model_version import Kind, ModelVersion
from predictor.models.prediction import DecidedGenre, Prediction, PredictionPart

__all__ = [
    "Activation",
    "DecidedGenre",
    "Feedback",
    "Job",
    "Kind",
    "ModelVersion",
    "Prediction",
    "PredictionPart",
    "TrainedOn",
]
