"""Whatever somebody types wrong, they see their form again with what is wrong in it, and never a bare error page."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from genresite.hooks.models import Webhook
from movies.models import Movie
from predictor.models import Activation, ModelVersion, Prediction
from tests.factories import make_prediction, make_user
from tests.predictor.fakes import make_version

LONG = "x" * 25_000
NULL = "a\x00b"
RUBBISH = b"\x00\xff\xfe nothing that anybody could read"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    cache.clear()


@dataclass(frozen=True)
class Slip:
    """Something typed wrong: where it is sent, what is sent, and what of it is to be seen again."""

    address: str
    values: dict[str, Any] = field(default_factory=dict)
    kept: str = ""


def upload(name: str = "films.csv", content: bytes = RUBBISH) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


SLIPS = [
    Slip("/predictions/{prediction}/film/", {"title": ""}),
    Slip("/predictions/{prediction}/film/", {"title": "T" * 301}, kept="T" * 301),
    Slip("/predictions/{prediction}/film/", {"title": NULL}),
    Slip("/predictions/{prediction}/feedback/", {}),
    Slip("/predictions/{prediction}/feedback/", {"genres": ["Nonsense"], "note": "because"}, kept="because"),
    Slip("/predictions/{prediction}/feedback/", {"genres": ["Horror"], "note": LONG}, kept=LONG),
    Slip("/predictions/{prediction}/share/", {"days": "yesterday"}),
    Slip("/review/{prediction}/", {"verdict": "accept", "genres": ["Nonsense"], "note": "because"}, kept="because"),
    Slip("/review/{prediction}/", {"verdict": "accept", "genres": ["Horror"], "note": LONG}, kept=LONG),
    Slip("/review/habits/", {"daily_goal": "many"}, kept="many"),
    Slip("/models/train/", {"recipe": "magic"}),
    Slip("/models/{challenger}/promote/", {"note": ""}),
    Slip("/models/{challenger}/promote/", {"note": "N" * 301}, kept="N" * 301),
    Slip("/models/{challenger}/promote/", {"note": NULL}),
    Slip("/models/rollback/", {"kind": "plot", "note": "N" * 301}, kept="N" * 301),
    Slip("/exports/", {"subject": "history", "form": "csv", "since": "yesterday"}),
    Slip("/exports/", {"subject": "nonsense", "form": "csv"}),
    Slip("/predict/", {"plot": "short", "title": "Mine"}, kept="Mine"),
    Slip("/predict/", {"plot": LONG}, kept=LONG),
    Slip("/predict/", {"poster": "rubbish-file"}),
    Slip("/batches/", {"file": "rubbish-file"}),
    Slip("/batches/", {"kind": "smell"}),
    Slip("/catalogue/new/", {"title": "", "year": "soon"}, kept="soon"),
    Slip("/catalogue/new/", {"title": "T" * 301, "kind": "movie"}, kept="T" * 301),
    Slip("/catalogue/new/", {"title": "One", "kind": "movie", "plot": LONG}, kept=LONG),
    Slip("/catalogue/import/", {"source": "S" * 400, "format": "imdb-list"}, kept="S" * 400),
    Slip("/catalogue/import/", {"file": "rubbish-file", "format": "csv", "licence": LONG}, kept=LONG),
    Slip("/catalogue/import/", {"file": "rubbish-file", "format": "csv"}),
    Slip("/history/import/", {"source": "S" * 400}, kept="S" * 400),
    Slip("/history/import/", {"file": "rubbish-file"}),
    Slip("/accounts/tokens/new/", {"name": "N" * 400, "lifetime": "30"}, kept="N" * 400),
    Slip("/accounts/tokens/new/", {"name": NULL, "lifetime": "never again"}),
    Slip("/accounts/webhooks/new/", {"url": "nowhere", "events": ["batch.finished"]}, kept="nowhere"),
    Slip("/accounts/webhooks/new/", {"url": "http://127.0.0.1/", "events": []}, kept="http://127.0.0.1/"),
    Slip("/accounts/webhooks/{webhook}/edit/", {"url": "U" * 3000}, kept="U" * 3000),
    Slip("/accounts/delete/", {"password": "not mine"}),
    Slip("/accounts/delete/", {"password": ""}),
]


@pytest.fixture
def places(fake_models):
    """A member of staff who may do everything, and the things that the addresses name."""
    sam = make_user("sam", "staff")
    challenger = make_version("plot", "plot-fake-2", ModelVersion.State.CANDIDATE)
    before = make_version("plot", "plot-fake-0", ModelVersion.State.RETIRED)
    active = ModelVersion.objects.get(name="plot-fake-1")
    Activation.objects.create(kind="plot", version=active, previous=before, reason=Activation.Reason.OVERRULED)
    webhook = Webhook.objects.create(owner=sam, url="https://example.org/", events=[], secret=b"")
    prediction = make_prediction(sam, title="The Empty House")
    return sam, {"prediction": prediction.pk, "challenger": challenger.pk, "webhook": webhook.pk}


def send(client, slip: Slip, numbers: dict[str, int]):
    values = {name: upload() if value == "rubbish-file" else value for name, value in slip.values.items()}
    return client.post(slip.address.format(**numbers), values)


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{slip.address}{sorted(slip.values)}")
def test_the_form_comes_again_with_what_was_typed(slip, places, client_for):
    sam, numbers = places
    answer = send(client_for(sam), slip, numbers)
    page = answer.content.decode()
    assert 400 <= answer.status_code < 500 and "error-page" not in page
    main = page.partition("<main")[2].partition("</main>")[0]
    assert "<form" in main and ("field__error" in main or "notice--bad" in main)
    assert slip.kept in main


def test_nothing_was_made_of_what_was_typed_wrong(places, client_for):
    sam, numbers = places
    for slip in SLIPS:
        send(client_for(sam), slip, numbers)
    assert not Movie.objects.exists() and Prediction.objects.get().movie is None
    assert ModelVersion.objects.get(pk=numbers["challenger"]).state == ModelVersion.State.CANDIDATE
    assert Webhook.objects.get().url == "https://example.org/"


def test_a_wrong_title_stands_at_its_field_in_the_open_form(places, client_for):
    sam, numbers = places
    page = client_for(sam).post(f"/predictions/{numbers['prediction']}/film/", {"title": " "}).content.decode()
    form = page.partition('<details class="disclosure" id="film" open>')[2].partition("</details>")[0]
    assert "The title is missing." in form and 'aria-invalid="true"' in form and "film-title_error" in form


def test_a_missing_reason_stands_at_the_version_that_it_is_for(places, client_for):
    sam, numbers = places
    page = client_for(sam).post(f"/models/{numbers['challenger']}/promote/", {"note": ""}).content.decode()
    row = page.partition('<tr id="plot-fake-2">')[2].partition("</tr>")[0]
    assert '<details class="disclosure" open>' in row and "say why it is to answer all the same" in row
    assert page.count("field__error") == 1
