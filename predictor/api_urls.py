"""The API's addresses under /api/v1/."""

from django.urls import path

from predictor import api

urlpatterns = [
    path("predictions/", api.PredictionList.as_view(), name="api-prediction-list"),
    path("predictions/<int:pk>/", api.PredictionDetail.as_view(), name="api-prediction-detail"),
    path("predictions/<int:pk>/poster/", api.PredictionPoster.as_view(), name="api-prediction-poster"),
    path("predictions/<int:pk>/explanation/", api.PredictionExplanation.as_view(), name="api-prediction-explanation"),
    path("predictions/<int:pk>/feedback/", api.PredictionFeedback.as_view(), name="api-prediction-feedback"),
    path("feedback/", api.FeedbackList.as_view(), name="api-feedback-list"),
    path("feedback/<int:pk>/", api.FeedbackDetail.as_view(), name="api-feedback-detail"),
    path("models/", api.ModelVersionList.as_view(), name="api-model-list"),
    path("jobs/", api.JobList.as_view(), name="api-job-list"),
    path("jobs/<int:pk>/", api.JobDetail.as_view(), name="api-job-detail"),
    path("jobs/<int:pk>/cancel/", api.JobCancel.as_view(), name="api-job-cancel"),
]
