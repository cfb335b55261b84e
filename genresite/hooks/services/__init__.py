"""Telling people's programs what happened, and managing where to."""

from genresite.hooks.services.announcements import announce, announce_to_all, replay_delivery, send_test
from genresite.hooks.services.webhooks import create_webhook, delete_webhook, rotate_secret, update_webhook

__all__ = [
    "announce",
    "announce_to_all",
    "create_webhook",
    "delete_webhook",
    "replay_delivery",
    "rotate_secret",
    "send_test",
    "update_webhook",
]
