"""The map of the catalogue's pages, under /catalogue/."""

from django.urls import path

from movies import views

app_name = "movies"
urlpatterns = [
    path("", views.movie_list, name="list"),
    path("import/", views.import_movies, name="import"),
    path("new/", views.create, name="create"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("posters/<int:pk>/", views.poster, name="poster"),
]
