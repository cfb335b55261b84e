"""Share links: the page that strangers see, and what the owner does with a link."""

from typing import TypeVar

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from predictor.files import open_poster, send_picture
from predictor.models import Prediction
from predictor.selectors.predictions import read_prediction_page
from predictor.selectors.shares import find_shared_picture, read_shared_page
from predictor.services.explanations import draw_heat_map
from predictor.services.shares import create_share, limit_reasons, revoke_share
from predictor.share_forms import ShareForm
from predictor.share_panel import SharedLink, list_links
from predictor.views.requests import PAGE_SIZE, PageRequest

Answer = TypeVar("Answer", HttpResponse, FileResponse)


def _address(request: HttpRequest) -> str:
    return str(get_adapter().get_client_ip(request))


def _unkept(answer: Answer) -> Answer:
    """Let nobody keep or list what a link opens, and no other site learn its address."""
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    # Not "no-referrer": browsers then send "Origin: null" with the form that changes the language, which is refused.
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


@login_not_required
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """What a link opens, with `?explain=` why; the same for everybody, signed in or not."""
    page = read_shared_page(token=token, address=_address(request), explain=request.GET.get("explain", ""))
    context = {"page": page, "site": request.build_absolute_uri("/").rstrip("/")}
    return _unkept(render(request, "predictor/shared.html", context))


@login_not_required
@require_safe
def shared_poster(request: HttpRequest, token: str) -> FileResponse:
    """The small poster, where the link's owner shows it."""
    prediction = find_shared_picture(token=token, address=_address(request))
    return _unkept(open_poster(prediction, thumbnail=True))


@login_not_required
@require_safe
def shared_heat(request: HttpRequest, token: str) -> HttpResponse:
    """Where the shown poster speaks for `?genre=`, as a picture to lay over it."""
    address = _address(request)
    prediction = find_shared_picture(token=token, address=address)
    limit_reasons(address=address)
    return _unkept(send_picture(draw_heat_map(prediction=prediction, genre=request.GET.get("genre", ""))))


def _find_own(request: PageRequest, pk: int) -> Prediction:
    """One of the person's own predictions: nobody else shares it, reviewers and staff included."""
    return get_object_or_404(Prediction.objects.filter(owner=request.user).listed(), pk=pk)


@require_POST
def share(request: PageRequest, pk: int) -> HttpResponse:
    """Make a link."""
    prediction = _find_own(request, pk)
    form = ShareForm(request.POST, prediction=prediction)
    if form.is_valid() and form.submit(create_share, prediction=prediction, **form.cleaned_data) is not None:
        messages.success(request, _("Whoever has the link can see this result from now on."))
        return redirect(f"{reverse('predictor:detail', args=[pk])}#share")
    page = read_prediction_page(prediction, request.user, share_form=form)
    context = {"page": page, "prediction": prediction, "panel": page.panel}
    return render(request, "predictor/detail.html", context, status=form.status)


@require_POST
def revoke(request: PageRequest, pk: int) -> HttpResponse:
    """Take a link back."""
    revoke_share(prediction=_find_own(request, pk))
    messages.success(request, _("The link opens nothing any more."))
    back = request.POST.get("back") == "shares"
    return redirect("predictor:shares") if back else redirect("predictor:detail", pk=pk)


@never_cache
@require_safe
def shares(request: PageRequest) -> HttpResponse:
    """My links: what they show, until when, and the way to take them back."""
    page = Paginator(list_links(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "links": [SharedLink.of(link) for link in page.object_list]}
    return render(request, "predictor/shares.html", context)
