"""The pages' addresses."""

from django.urls import path

from predictor.views import jobs, models, predictions, trials

app_name = "predictor"
urlpatterns = [
    path("predict/", predictions.predict_or_create, name="predict"),
    path("trial/", trials.trial, name="trial"),
    path("history/", predictions.history, name="history"),
    path("predictions/<int:pk>/", predictions.detail, name="detail"),
    path("predictions/<int:pk>/poster/", predictions.poster, name="poster"),
    path("predictions/<int:pk>/explanation/poster/", predictions.explanation_poster, name="explanation_poster"),
    path("predictions/<int:pk>/feedback/", predictions.feedback, name="feedback"),
    path("feedback/<int:pk>/settle/", predictions.settle, name="settle"),
    path("models/", models.models, name="models"),
    path("about/", models.about, name="about"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/catalogue/", jobs.request_catalogue_job, name="request_catalogue_job"),
    path("jobs/<int:pk>/cancel/", jobs.cancel_job, name="cancel_job"),
]
