"""The administration pages."""

import pytest
from django.test import Client

from predictor.models import Job, ModelVersion
from predictor.services.versions import register_version
from tests.factories import make_feedback, make_poster_bytes, make_prediction
from tests.predictor.bundle_maker import make_bundle


@pytest.fixture
def admin(sam) -> Client:
    sam.is_superuser = True
    sam.save()
    client = Client()
    client.force_login(sam)
    return client


def test_lists_and_details_open_and_change_nothing(admin, ann, fake_models, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    prediction = make_prediction(ann, poster_bytes=make_poster_bytes())
    make_feedback(prediction, ann)
    Job.objects.create(kind="catalogue", requested_by=ann)
    for name in ("prediction", "feedback", "job", "modelversion"):
        assert admin.get(f"/admin/predictor/{name}/").status_code == 200
        assert admin.get(f"/admin/predictor/{name}/add/").status_code == 403
    page = admin.get(f"/admin/predictor/prediction/{prediction.pk}/change/")
    assert page.status_code == 200 and ".webp" not in page.content.decode()


def test_a_version_is_activated_and_a_broken_one_refused(admin, shipped, trained, db):
    good, bad = (register_version(make_bundle(trained, name)) for name in ("plot-a", "plot-b"))
    (trained / "plot-b" / "model.onnx").write_bytes(b"x")
    chosen = {"action": "activate", "_selected_action": [good.pk, bad.pk]}
    page = admin.post("/admin/predictor/modelversion/", chosen, follow=True).content.decode()
    assert "The version plot-a answers from now on" in page and "must have SHA-256" in page
    assert dict(ModelVersion.objects.values_list("name", "state")) == {"plot-a": "active", "plot-b": "broken"}
