"""What a worker has loaded is not looked through again and again."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from genresite import gunicorn
from genresite.loaded import keep_loaded


@pytest.fixture(autouse=True)
def thawed():
    yield
    gc.unfreeze()


def test_what_is_there_stays_out_of_the_collection_of_garbage():
    gc.unfreeze()
    keep_loaded()
    assert gc.get_freeze_count() > 10_000


def test_garbage_of_later_is_collected():
    keep_loaded()
    ring: list = []
    ring.append(ring)
    del ring
    assert gc.collect() >= 1


def test_a_worker_has_its_pages_before_its_first_request():
    gc.unfreeze()
    gunicorn.post_worker_init(None)
    assert gc.get_freeze_count() > 10_000
    script = (
        "import sys, django; django.setup()\n"
        "from genresite.gunicorn import post_worker_init\n"
        "assert 'predictor.views.predictions' not in sys.modules\n"
        "post_worker_init(None)\n"
        "assert 'predictor.views.predictions' in sys.modules and 'tensorflow' not in sys.modules\n"
    )
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run([sys.executable, "-c", script], check=True, cwd=root, env=environment)
