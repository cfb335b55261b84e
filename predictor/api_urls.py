"""The API's addresses under /api/v1/."""

from django.urls import path

from predictor.api import batches, changes, exports, feedback, jobs, models, predictions, review

urlpatterns = [
    path("predictions/", predictions.PredictionList.as_view(), name="api-prediction-list"),
    path("predictions/<int:pk>/", predictions.PredictionDetail.as_view(), name="api-prediction-detail"),
    path("predictions/<int:pk>/poster/", predictions.PredictionPoster.as_view(), name="api-prediction-poster"),
    path(
        "predictions/<int:pk>/explanation/",
        predictions.PredictionExplanation.as_view(),
        name="api-prediction-explanation",
    ),
    path("predictions/<int:pk>/feedback/", feedback.PredictionFeedback.as_view(), name="api-prediction-feedback"),
    path("feedback/", feedback.FeedbackList.as_view(), name="api-feedback-list"),
    path("feedback/<int:pk>/", feedback.FeedbackDetail.as_view(), name="api-feedback-detail"),
    path("review/", review.ReviewList.as_view(), name="api-review-list"),
    path("review/next/", review.ReviewNext.as_view(), name="api-review-next"),
    path("review/later/", review.ReviewLater.as_view(), name="api-review-later"),
    path("review/<int:pk>/undo/", review.ReviewUndo.as_view(), name="api-review-undo"),
    path("review/proposals/", review.ReviewProposals.as_view(), name="api-review-proposals"),
    path("review/conflicts/", review.ReviewConflicts.as_view(), name="api-review-conflicts"),
    path("review/conflicts/<int:pk>/", review.ReviewConflict.as_view(), name="api-review-conflict"),
    path("review/agreement/", review.ReviewAgreement.as_view(), name="api-review-agreement"),
    path("models/", models.ModelVersionList.as_view(), name="api-model-list"),
    path("models/activations/", models.ActivationList.as_view(), name="api-activation-list"),
    path("models/rollback/", models.ModelRollback.as_view(), name="api-model-rollback"),
    path("models/<int:pk>/promote/", models.ModelPromote.as_view(), name="api-model-promote"),
    path("models/compare/", changes.ModelComparison.as_view(), name="api-model-compare"),
    path("models/drift/", changes.ModelDrift.as_view(), name="api-model-drift"),
    path("models/reruns/", changes.ModelReruns.as_view(), name="api-model-reruns"),
    path("jobs/", jobs.JobList.as_view(), name="api-job-list"),
    path("jobs/<int:pk>/", jobs.JobDetail.as_view(), name="api-job-detail"),
    path("jobs/<int:pk>/cancel/", jobs.JobCancel.as_view(), name="api-job-cancel"),
    path("jobs/<int:pk>/retry/", jobs.JobRetry.as_view(), name="api-job-retry"),
    path("batches/", batches.BatchList.as_view(), name="api-batch-list"),
    path("batches/<int:pk>/", batches.BatchDetail.as_view(), name="api-batch-detail"),
    path("batches/<int:pk>/rows/", batches.BatchRows.as_view(), name="api-batch-rows"),
    path("batches/<int:pk>/result.<str:form>", batches.BatchResult.as_view(), name="api-batch-result"),
    path("batches/<int:pk>/cancel/", batches.BatchCancel.as_view(), name="api-batch-cancel"),
    path("batches/<int:pk>/retry/", batches.BatchRetry.as_view(), name="api-batch-retry"),
    path("exports/", exports.ExportList.as_view(), name="api-export-list"),
    path("exports/<int:pk>/", exports.ExportDetail.as_view(), name="api-export-detail"),
    path("exports/<int:pk>/file/", exports.ExportFile.as_view(), name="api-export-file"),
    path("exports/<str:subject>.<str:form>", exports.ExportStream.as_view(), name="api-export-stream"),
]
