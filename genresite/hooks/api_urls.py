"""The webhooks' part of the API."""

from django.urls import path

from genresite.hooks import api

urlpatterns = [
    path("webhooks/", api.WebhookList.as_view(), name="api-webhook-list"),
    path("webhooks/<int:pk>/", api.WebhookDetail.as_view(), name="api-webhook-detail"),
    path("webhooks/<int:pk>/secret/", api.WebhookSecret.as_view(), name="api-webhook-secret"),
    path("webhooks/<int:pk>/test/", api.WebhookTest.as_view(), name="api-webhook-test"),
    path("webhooks/<int:pk>/deliveries/", api.DeliveryList.as_view(), name="api-delivery-list"),
    path(
        "webhooks/<int:pk>/deliveries/<int:delivery_pk>/replay/",
        api.DeliveryReplay.as_view(),
        name="api-delivery-replay",
    ),
]
