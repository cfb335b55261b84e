"""Events arrive signed, are tried again, and once only."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from genresite.errors import Conflict, InvalidInput, TooMany
from genresite.hooks import services, tasks
from genresite.hooks.models import Delivery, Webhook
from genresite.hooks.services.deliveries import BACK_OFF, LOST_AFTER, list_due, purge_deliveries, send_delivery
from genresite.hooks.services.webhooks import MOST_WEBHOOKS, open_secrets
from predictor.services.feedback import settle_feedback
from tests.factories import make_feedback, make_prediction
from tests.genresite.hooks.makers import SECRET, make_webhook, receiver
from tests.predictor.conftest import fake_models  # noqa: F401 - a fixture

PAYLOAD = {"batch": 7}


@pytest.fixture(autouse=True)
def this_machine_is_allowed(settings):
    settings.WEBHOOK_PRIVATE_HOSTS = ["localhost"]
    cache.clear()


@pytest.fixture
def announced(django_capture_on_commit_callbacks):
    """Announce and let the queued deliveries run, as after a commit."""

    def run(*args):
        with django_capture_on_commit_callbacks(execute=True):
            return services.announce(*args)

    return run


def is_signed_with(secret: str, headers: dict, body: bytes) -> bool:
    """As docs/api.md tells receivers to check it."""
    parts = [part.split("=", 1) for part in headers["GenreSite-Signature"].split(",")]
    timestamp = dict(parts)["t"]
    expected = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return any(hmac.compare_digest(expected, value) for name, value in parts if name == "v1")


def test_event_arrives_signed(ann, announced) -> None:
    with receiver() as program:
        webhook = make_webhook(ann, program.address)
        assert announced("batch.finished", ann, PAYLOAD) == 1
    ((path, headers, body),) = program.got
    delivery = webhook.deliveries.get()
    assert path == "/hook?key=1"
    assert json.loads(body)["data"] == PAYLOAD
    assert json.loads(body)["id"] == headers["GenreSite-Delivery"] == str(delivery.event_id)
    assert headers["GenreSite-Event"] == "batch.finished"
    assert is_signed_with(SECRET, headers, body)
    assert not is_signed_with("whsec_another", headers, body)
    assert (delivery.state, delivery.status_code, delivery.attempts) == ("delivered", 200, 1)


def test_only_who_wants_the_event_is_told(ann, ben, announced) -> None:
    make_webhook(ann, "https://a.example/", "model.promoted")
    make_webhook(ben, "https://b.example/")
    Webhook.objects.filter(pk=make_webhook(ann, "https://c.example/").pk).update(active=False)
    assert services.announce("batch.finished", ann, PAYLOAD) == 0
    assert services.announce("batch.finished", None, PAYLOAD) == 0
    assert services.announce_to_all("model.promoted", {}) == 2


def test_event_that_was_rolled_back_is_not_told(ann) -> None:
    make_webhook(ann)
    with transaction.atomic():
        services.announce("batch.finished", ann, PAYLOAD)
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()


def test_refused_event_is_tried_again_with_longer_waits(ann, announced, time_machine) -> None:
    with receiver(500) as program:
        webhook = make_webhook(ann, program.address)
        announced("batch.finished", ann, PAYLOAD)
        for count, wait in enumerate(BACK_OFF, start=1):
            delivery = webhook.deliveries.get()
            assert (delivery.state, delivery.attempts) == ("waiting", count)
            assert send_delivery(delivery_id=delivery.pk) is None  # too early
            time_machine.move_to(timezone.now() + wait + timedelta(seconds=1))
            send_delivery(delivery_id=delivery.pk)
    delivery = webhook.deliveries.get()
    assert (delivery.state, delivery.attempts, delivery.status_code) == ("failed", len(BACK_OFF) + 1, 500)
    assert "answered 500" in delivery.problem
    assert len({headers["GenreSite-Delivery"] for _path, headers, _body in program.got}) == 1


def test_task_that_comes_twice_sends_once(ann, announced) -> None:
    with receiver() as program:
        webhook = make_webhook(ann, program.address)
        announced("batch.finished", ann, PAYLOAD)
        tasks.deliver(webhook.deliveries.get().pk)
    assert len(program.got) == 1


def test_attempt_of_a_dead_worker_is_taken_up_again(ann) -> None:
    with receiver() as program:
        webhook = make_webhook(ann, program.address)
        delivery = webhook.deliveries.create(
            event="test", payload={}, state="sending", attempts=1, claimed_at=timezone.now()
        )
        assert list_due() == []
        Delivery.objects.update(claimed_at=timezone.now() - LOST_AFTER - timedelta(seconds=1))
        assert list_due() == [delivery.pk]
        tasks.deliver_due()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, len(program.got)) == ("delivered", 2, 1)


def test_redirect_is_not_followed(ann, announced) -> None:
    with receiver(302) as program:
        webhook = make_webhook(ann, program.address)
        announced("batch.finished", ann, PAYLOAD)
    assert len(program.got) == 1
    assert webhook.deliveries.get().status_code == 302
    assert webhook.deliveries.get().state == "waiting"


def test_name_that_turns_private_after_it_was_checked_gets_nothing(ann, announced, settings) -> None:
    """DNS rebinding: the address is checked at every attempt, and the connection goes to what was checked."""
    settings.WEBHOOK_PRIVATE_HOSTS = []
    with receiver() as program:
        webhook = make_webhook(ann, program.address)
        announced("batch.finished", ann, PAYLOAD)
    assert program.got == []
    assert "public addresses only" in webhook.deliveries.get().problem


def test_connection_goes_to_the_checked_address(ann, announced, monkeypatch) -> None:
    """The name is asked for once: a second answer could be another address."""
    import socket

    asked, real = [], socket.getaddrinfo

    def resolve(host, *args, **options):
        asked.append(host)
        return real(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with receiver() as program:
        make_webhook(ann, program.address)
        announced("batch.finished", ann, PAYLOAD)
    assert asked.count("localhost") == 1
    assert program.got[0][1]["Host"].startswith("localhost:")


def test_nobody_at_the_address_is_said(ann, announced) -> None:
    with receiver() as program:
        address = program.address
    webhook = make_webhook(ann, address)
    announced("batch.finished", ann, PAYLOAD)
    assert webhook.deliveries.get().problem == "Nobody answers at that address and port."


def test_both_secrets_sign_for_a_day_after_a_rotation(ann, announced, time_machine) -> None:
    with receiver() as program:
        webhook = make_webhook(ann, program.address)
        new = services.rotate_secret(webhook=webhook)
        announced("batch.finished", ann, PAYLOAD)
        time_machine.move_to(timezone.now() + timedelta(hours=25))
        announced("batch.finished", ann, PAYLOAD)
    (_path, headers, body), (_path, later, later_body) = program.got
    assert is_signed_with(SECRET, headers, body)
    assert is_signed_with(new, headers, body)
    assert is_signed_with(new, later, later_body)
    assert not is_signed_with(SECRET, later, later_body)


def test_replay_sends_the_same_event_again(ann, announced, django_capture_on_commit_callbacks) -> None:
    with receiver() as program:
        webhook = make_webhook(ann, program.address)
        announced("batch.finished", ann, PAYLOAD)
        first = webhook.deliveries.get()
        with django_capture_on_commit_callbacks(execute=True):
            again = services.replay_delivery(delivery=first)
    assert again.pk != first.pk
    assert {headers["GenreSite-Delivery"] for _path, headers, _body in program.got} == {str(first.event_id)}
    assert len(program.got) == 2


def test_unfinished_delivery_is_not_replayed(ann) -> None:
    delivery = make_webhook(ann).deliveries.create(event="test", payload={})
    with pytest.raises(Conflict):
        services.replay_delivery(delivery=delivery)


def test_tests_are_limited(ann) -> None:
    webhook = make_webhook(ann)
    for _ in range(10):
        services.send_test(webhook=webhook)
    with pytest.raises(TooMany):
        services.send_test(webhook=webhook)


def test_log_is_kept_for_a_month(ann, time_machine) -> None:
    make_webhook(ann).deliveries.create(event="test", payload={})
    assert purge_deliveries() == 0
    time_machine.move_to(timezone.now() + timedelta(days=31))
    tasks.tidy()
    assert not Delivery.objects.exists()


def test_secret_is_shown_once_and_kept_sealed(ann) -> None:
    webhook, secret = services.create_webhook(owner=ann, url="http://localhost/", events=["batch.finished"])
    assert secret.encode() not in bytes(webhook.secret)
    assert open_secrets(webhook) == [secret]


@pytest.mark.parametrize("events", [[], ["test"], ["batch.finished", "nonsense"]])
def test_unknown_events_are_refused(ann, events) -> None:
    with pytest.raises(InvalidInput):
        services.create_webhook(owner=ann, url="http://localhost/", events=events)


def test_address_is_there_once_and_there_is_a_most(ann) -> None:
    services.create_webhook(owner=ann, url="http://localhost/", events=["batch.finished"])
    with pytest.raises(Conflict) as refused:
        services.create_webhook(owner=ann, url="http://localhost/", events=["batch.finished"])
    assert refused.value.code == "webhook_exists"
    other, _secret = services.create_webhook(owner=ann, url="http://localhost/2", events=["batch.finished"])
    with pytest.raises(Conflict):
        services.update_webhook(webhook=other, url="http://localhost/")
    for count in range(MOST_WEBHOOKS - 2):
        make_webhook(ann, f"https://example.org/{count}")
    with pytest.raises(Conflict) as refused:
        services.create_webhook(owner=ann, url="http://localhost/3", events=["batch.finished"])
    assert refused.value.code == "too_many_webhooks"


def test_author_is_told_what_became_of_a_correction(ann, rita, fake_models) -> None:  # noqa: F811
    webhook = make_webhook(ann)
    feedback = make_feedback(make_prediction(ann), ann)
    for _ in range(2):
        settle_feedback(feedback=feedback, reviewer=rita, accept=True)
    delivery = webhook.deliveries.get()
    assert delivery.event == "feedback.settled"
    assert delivery.payload == {
        "feedback": feedback.pk, "prediction": feedback.prediction_id, "state": "accepted", "genres": ["Western"],
    }  # fmt: skip


def test_everybody_is_told_of_a_promoted_model(ann, ben, fake_models, monkeypatch) -> None:  # noqa: F811
    from predictor.services import versions
    from tests.predictor.fakes import make_version

    monkeypatch.setattr(versions, "find_version_problem", lambda version: None)
    hooks = [make_webhook(ann), make_webhook(ben)]
    version = make_version("plot", "plot-fake-2", "candidate")
    for _ in range(2):
        versions.activate_version(version=version)
    for hook in hooks:
        payload = hook.deliveries.get().payload
        assert payload == {"kind": "plot", "version": "plot-fake-2", "previous": "plot-fake-1"}


def test_owner_is_told_of_a_finished_batch_once(ann, fake_models) -> None:  # noqa: F811
    from predictor.models import Batch, Job
    from predictor.services.batch_runs import close_batch

    webhook = make_webhook(ann)
    job = Job.objects.create(kind=Job.Kind.BATCH, requested_by=ann, state=Job.State.RUNNING)
    batch = Batch.objects.create(owner=ann, job=job, name="films.csv", form="csv", size_bytes=9, rows=3, failed_rows=1)
    for _ in range(2):
        close_batch(batch)
    delivery = webhook.deliveries.get()
    assert delivery.event == "batch.finished"
    assert delivery.payload == {"batch": batch.pk, "state": "succeeded", "rows": 3, "failed_rows": 1}
