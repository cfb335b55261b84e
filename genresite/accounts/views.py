"""A person's own pages: the account, and the API tokens."""

from typing import cast

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth import logout
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from genresite.accounts.downloads import send_account_data
from genresite.accounts.forms import DeletionForm, TokenForm
from genresite.accounts.models import ApiToken, User
from genresite.accounts.services import create_token as make_token
from genresite.accounts.services import revoke_token as revoke


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """Who I am here, and the ways to change it."""
    user = cast(User, request.user)
    context = {
        "email_addresses": EmailAddress.objects.filter(user=user).order_by("-primary", "email"),
        "token_count": user.auth_token_set.count(),
    }
    return render(request, "accounts/profile.html", context)


def _render_tokens(request: HttpRequest, form: TokenForm, *, status: int = 200, new_token: str = "") -> HttpResponse:
    context = {
        "form": form,
        "tokens": ApiToken.objects.filter(user_id=form.user.pk),
        "now": timezone.now(),
        "new_token": new_token,
        "example_url": request.build_absolute_uri("/api/v1/predictions/"),
    }
    return render(request, "accounts/tokens.html", context, status=status)


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """What is kept about me, how to take it along, and how to delete it."""
    return render(request, "accounts/data.html", {"form": DeletionForm()})


@require_safe
def download_data(request: HttpRequest) -> FileResponse:
    """Everything that is kept about me, as a ZIP."""
    return send_account_data(cast(User, request.user))


@require_POST
def delete(request: HttpRequest) -> HttpResponse:
    """Delete my account, once the password has shown that it is me."""
    form = DeletionForm(request.POST)
    if form.delete(cast(User, request.user)):
        logout(request)
        messages.success(request, _("Your account is deleted. Thank you for having been here."))
        return redirect("home")
    return render(request, "accounts/data.html", {"form": form}, status=422)


@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    """My API tokens, and the form for another."""
    return _render_tokens(request, TokenForm(user=cast(User, request.user)))


@never_cache
@require_POST
def create_token(request: HttpRequest) -> HttpResponse:
    """Make a token and show it this once: it is in this answer and nowhere else."""
    user = cast(User, request.user)
    form = TokenForm(request.POST, user=user)
    if not form.is_valid():
        return _render_tokens(request, form, status=422)
    _row, token = make_token(user=user, **form.cleaned_data)
    return _render_tokens(request, TokenForm(user=user), status=201, new_token=token)


@require_POST
def revoke_token(request: HttpRequest, token_key: str) -> HttpResponse:
    """Revoke one of my tokens."""
    name = revoke(user=cast(User, request.user), token_key=token_key)
    messages.success(request, _("The token “%(name)s” is revoked.") % {"name": name})
    return redirect("accounts:tokens")
