"""The form that makes an API token."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from genresite.accounts.models import ApiToken, User
from genresite.accounts.services import has_token_named
from genresite.accounts.services.deletion import delete_account
from genresite.errors import Conflict, InvalidInput

NEVER = "never"
LIFETIME_CHOICES = [
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("365 days")),
    (NEVER, _("Never")),
]


class DeletionForm(forms.Form):
    """The word that only the person knows, so that an open browser is not enough."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def delete(self, user: User) -> bool:
        """Delete the account; False if the form is to be shown again."""
        if not self.is_valid():
            return False
        try:
            delete_account(user=user, password=self.cleaned_data["password"])
        except (Conflict, InvalidInput) as exc:
            self.add_error(exc.field, exc.message)
            return False
        return True


class TokenForm(forms.Form):
    """A token's name and how long it works."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("What the token is for, so that you recognise it later."),
        max_length=ApiToken._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("Festival catalogue import")}),
    )
    read_only = forms.BooleanField(
        label=_("Read only"), required=False, help_text=_("A program that only reads needs no more.")
    )
    lifetime = forms.ChoiceField(label=_("Stops working after"), choices=LIFETIME_CHOICES, initial="90")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_name(self) -> str:
        """Refuse a name that the person has used."""
        name: str = self.cleaned_data["name"]
        if has_token_named(user=self.user, name=name):
            message = _("You already have a token of this name. Choose another, or revoke that one first.")
            raise forms.ValidationError(message, code="token_name_taken")
        return name

    def clean_lifetime(self) -> timedelta | None:
        """The choice as a duration."""
        choice = self.cleaned_data["lifetime"]
        return None if choice == NEVER else timedelta(days=int(choice))
