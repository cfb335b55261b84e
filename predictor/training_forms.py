"""The forms of the Models page: train, let a version answer, go back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from predictor.forms import ServiceForm
from predictor.models import Kind, ModelVersion
from predictor.services.promotion import NOTE_MAX_CHARS
from predictor.services.training_requests import KIND_RECIPES, RECIPES


class TrainForm(ServiceForm):
    """What to train: every recipe is for one kind of model."""

    recipe = forms.ChoiceField(
        label=_("What to train"),
        choices=[
            (Kind(kind).label, [(recipe, RECIPES[recipe]) for recipe in recipes])
            for kind, recipes in KIND_RECIPES.items()
        ],
    )

    @property
    def order(self) -> dict[str, Any]:
        """Kind and recipe, as the service takes them."""
        recipe = self.cleaned_data["recipe"]
        return {"recipe": recipe, "model_kind": next(kind for kind, known in KIND_RECIPES.items() if recipe in known)}


def _reason() -> forms.CharField:
    """Why a version answers. The rules are the service's, which first asks who is asking."""
    return forms.CharField(
        label=_("Reason"), required=False, widget=forms.TextInput(attrs={"maxlength": NOTE_MAX_CHARS})
    )


class PromoteForm(ServiceForm):
    """Why a version is to answer."""

    note = _reason()

    def __init__(self, *args: Any, version: ModelVersion, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"promote-{version.pk}-%s", **kwargs})
        self.version = version


class RollbackForm(ServiceForm):
    """Which kind goes back, and why."""

    note = _reason()
    kind = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"rollback-{kind}-%s", "initial": {"kind": kind}, **kwargs})
        self.of_kind = kind
