"""The pages' addresses."""

from django.urls import path

from predictor import views

app_name = "predictor"
urlpatterns = [
    path("predict/", views.predict_or_create, name="predict"),
    path("history/", views.history, name="history"),
    path("predictions/<int:pk>/", views.detail, name="detail"),
    path("predictions/<int:pk>/poster/", views.poster, name="poster"),
    path("predictions/<int:pk>/explanation/poster/", views.explanation_poster, name="explanation_poster"),
    path("predictions/<int:pk>/feedback/", views.feedback, name="feedback"),
    path("feedback/<int:pk>/settle/", views.settle, name="settle"),
    path("models/", views.models, name="models"),
    path("about/", views.about, name="about"),
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/catalogue/", views.request_catalogue_job, name="request_catalogue_job"),
    path("jobs/<int:pk>/cancel/", views.cancel_job, name="cancel_job"),
]
