"""The forms of the Models page: train, let a version answer, go back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from predictor.forms import ServiceForm
from predictor.models import Kind
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


class RollbackForm(ServiceForm):
    """Which kind goes back, and why."""

    note = forms.CharField(label=_("Reason"), required=False, max_length=NOTE_MAX_CHARS)
    kind = forms.ChoiceField(choices=Kind.choices, widget=forms.HiddenInput)
