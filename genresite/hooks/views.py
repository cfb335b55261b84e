"""The pages of a person's webhooks: all of them, one with its log, and what can be done to it."""

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from genresite.accounts.models import User
from genresite.hooks import services
from genresite.hooks.forms import WebhookForm
from genresite.hooks.models import Delivery, Webhook

DELIVERIES_A_PAGE = 20


def _find(request: HttpRequest, pk: int) -> Webhook:
    """One of the person's own webhooks, else 404: its log shows what concerns nobody else."""
    return get_object_or_404(Webhook, pk=pk, owner_id=request.user.pk)


def _show_list(request: HttpRequest, form: WebhookForm, *, status: int = 200, secret: str = "") -> HttpResponse:
    webhooks = Webhook.objects.filter(owner_id=request.user.pk)
    context = {"webhooks": webhooks, "form": form, "new_secret": secret}
    return render(request, "hooks/list.html", context, status=status)


def _show_detail(
    request: HttpRequest, webhook: Webhook, *, form: WebhookForm | None = None, status: int = 200, secret: str = ""
) -> HttpResponse:
    page = Paginator(webhook.deliveries.all(), DELIVERIES_A_PAGE).get_page(request.GET.get("page"))
    form = form or WebhookForm(initial={"url": webhook.url, "events": webhook.events})
    context = {"webhook": webhook, "form": form, "page_obj": page, "new_secret": secret}
    return render(request, "hooks/detail.html", context, status=status)


@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """My webhooks, and the form for another."""
    return _show_list(request, WebhookForm())


@never_cache
@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Make a webhook and show its secret this once."""
    form = WebhookForm(request.POST)
    made = form.submit(services.create_webhook, owner=cast(User, request.user))
    if made is None:
        return _show_list(request, form, status=422)
    return _show_list(request, WebhookForm(), status=201, secret=made[1])


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One webhook, and the log of what was sent to it."""
    return _show_detail(request, _find(request, pk))


@require_POST
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the address or the events."""
    webhook = _find(request, pk)
    form = WebhookForm(request.POST)
    if form.submit(services.update_webhook, webhook=webhook) is None:
        return _show_detail(request, webhook, form=form, status=422)
    messages.success(request, _("The webhook is saved."))
    return redirect("webhooks:detail", pk=pk)


@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch a webhook off, or on again."""
    services.update_webhook(webhook=_find(request, pk), active=request.POST.get("active") == "yes")
    return redirect("webhooks:detail", pk=pk)


@never_cache
@require_POST
def rotate(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it a new secret and show it this once; for a day the old one signs too."""
    webhook = _find(request, pk)
    return _show_detail(request, webhook, secret=services.rotate_secret(webhook=webhook))


@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an event that means nothing, to see whether it arrives."""
    services.send_test(webhook=_find(request, pk))
    messages.success(request, _("The test is on its way; what came of it is in the log."))
    return redirect("webhooks:detail", pk=pk)


@require_POST
def replay(request: HttpRequest, pk: int, delivery_pk: int) -> HttpResponse:
    """Send an event once more."""
    services.replay_delivery(delivery=get_object_or_404(Delivery, pk=delivery_pk, webhook=_find(request, pk)))
    messages.success(request, _("The event is on its way once more."))
    return redirect("webhooks:detail", pk=pk)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a webhook with its log."""
    services.delete_webhook(webhook=_find(request, pk))
    messages.success(request, _("The webhook is removed."))
    return redirect("webhooks:list")
