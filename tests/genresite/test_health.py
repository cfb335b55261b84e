"""Each part is looked at, and a missing one is named."""

import pytest
from django.test import Client, override_settings

from genresite import health


@override_settings(CACHE_URL="unix:///nonexistent/redis.sock?db=1")
def test_lost_redis_makes_the_site_unhealthy(client: Client, db) -> None:
    response = client.get("/health/")
    assert response.status_code == 503
    parts = response.json()["parts"]
    assert parts["database"] == {"ok": True, "problem": None}
    assert "Redis does not answer" in parts["redis"]["problem"]
    assert parts["workers"]["ok"] is False


def test_health_fails_when_no_worker_answers(client: Client, db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_check_redis", lambda: None)
    monkeypatch.setattr(health.app.control, "ping", lambda timeout: [])
    response = client.get("/health/")
    assert response.status_code == 503
    assert "No worker is running" in response.json()["parts"]["workers"]["problem"]


def test_all_well_is_200(client: Client, db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_check_redis", lambda: None)
    monkeypatch.setattr(health.app.control, "ping", lambda timeout: [{"inference@here": {"ok": "pong"}}])
    response = client.get("/health/")
    assert response.status_code == 200
    assert response.json()["healthy"] is True


def test_queue_out_of_reach_is_a_problem_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(timeout: float) -> list:
        raise ConnectionRefusedError

    monkeypatch.setattr(health.app.control, "ping", refuse)
    assert health.find_worker_problem() == "The queue cannot be reached."
