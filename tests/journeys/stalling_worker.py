"""A real training worker, told by STALL_AT to stop dead at a point, so that a test can kill it just there."""

import os
import time
from pathlib import Path

import django

django.setup()

from genresite.celery import app  # noqa: E402 - needs the set-up
from predictor.services import site_training  # noqa: E402 - needs the set-up

site_training.MIN_FILMS["cnn-scratch"] = 20


def stall(*_given: object, **_named: object) -> None:
    Path(os.environ["STALL_MARK"]).touch()
    time.sleep(600)


def stall_after(function):
    def call(*given, **named):
        answer = function(*given, **named)
        stall()
        return answer

    return call


point = os.environ.get("STALL_AT", "")
if point == "before the first epoch":
    from predictor.ml.training.trainer import Trainer

    Trainer.fit = stall
elif point == "between epochs":
    from predictor.ml.training import trainer

    trainer.save_checkpoint = stall_after(trainer.save_checkpoint)
elif point == "while registering":
    site_training.register_version = stall_after(site_training.register_version)

quick = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
app.worker_main(["worker", "--queues", "training", "--pool", "solo", "--loglevel", "WARNING", *quick])
