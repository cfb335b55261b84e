"""Model versions, predictions, feedback, jobs, batches, exports, imports of history and share links."""

from predictor.models.answer import VersionAnswer
from predictor.models.batch import Batch, BatchChunk, BatchRow
from predictor.models.export import Export
from predictor.models.feedback import Feedback
from predictor.models.film_vector import FilmVector
from predictor.models.history_import import HistoryImport, ImportedFeedback, ImportedPrediction
from predictor.models.job import Job
from predictor.models.lineage import Activation, TrainedOn
from predictor.models.model_version import Kind, ModelVersion
from predictor.models.prediction import DecidedGenre, Prediction, PredictionPart
from predictor.models.review import Review, ReviewHabits
from predictor.models.share import ShareLink

__all__ = [
    "Activation",
    "Batch",
    "BatchChunk",
    "BatchRow",
    "DecidedGenre",
    "Export",
    "Feedback",
    "FilmVector",
    "HistoryImport",
    "ImportedFeedback",
    "ImportedPrediction",
    "Job",
    "Kind",
    "ModelVersion",
    "Prediction",
    "PredictionPart",
    "Review",
    "ReviewHabits",
    "ShareLink",
    "TrainedOn",
    "VersionAnswer",
]
