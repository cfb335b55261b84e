"""The map of the catalogue's part of the API."""

from django.urls import path

from movies import api, api_imports

urlpatterns = [
    path("genres/", api.GenreList.as_view(), name="api-genres"),
    path("genres/<slug:slug>/", api.GenreDetail.as_view(), name="api-genre"),
    path("imports/", api_imports.ImportList.as_view(), name="api-imports"),
    path("movies/", api.MovieList.as_view(), name="api-movies"),
    path("movies/<int:pk>/", api.MovieDetail.as_view(), name="api-movie"),
    path("movies/<int:pk>/plots/", api.PlotList.as_view(), name="api-plots"),
    path("movies/<int:pk>/posters/", api.PosterList.as_view(), name="api-posters"),
    path("movies/<int:pk>/posters/<int:poster_pk>/", api.PosterImage.as_view(), name="api-poster-image"),
]
