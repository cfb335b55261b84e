"""A person's own pages, beside those of django-allauth."""

from django.urls import path

from genresite.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.profile, name="profile"),
    path("data/", views.data, name="data"),
    path("data/download/", views.download_data, name="download_data"),
    path("delete/", views.delete, name="delete"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/new/", views.create_token, name="create_token"),
    path("tokens/<slug:token_key>/revoke/", views.revoke_token, name="revoke_token"),
]
