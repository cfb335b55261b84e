"""The map of the REST API, version 1."""

from django.urls import include, path

urlpatterns = [
    path("", include("genresite.accounts.api_urls")),
    path("", include("genresite.hooks.api_urls")),
    path("", include("movies.api_urls")),
    path("", include("predictor.api_urls")),
]
