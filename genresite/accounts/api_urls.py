"""The map of a person's own part of the API."""

from django.urls import path

from genresite.accounts import api

urlpatterns = [
    path("account/", api.Account.as_view(), name="api-account"),
    path("account/data/", api.AccountData.as_view(), name="api-account-data"),
    path("tokens/", api.TokenList.as_view(), name="api-token-list"),
    path("tokens/<slug:token_key>/", api.TokenDetail.as_view(), name="api-token-detail"),
]
