"""The home page, the health report, and the pages of last resort."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from genresite.errors import DomainError, Forbidden, InvalidInput, NotFound
from genresite.health import check_health
from genresite.middleware import render_error
from genresite.reference.operations import read_groups
from genresite.reference.schema import FORMS, render_schema
from genresite.styleguide import read_styleguide
from predictor.samples import SAMPLES
from predictor.selectors.desk import read_desk


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """For strangers what the site does and three films to try it on; for people who are signed in their desk."""
    if request.user.is_authenticated:
        return render(request, "home.html", {"desk": read_desk(request.user)})
    return render(request, "home.html", {"samples": SAMPLES})


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """The site's visual language, for staff: what each part looks like and what it is for."""
    if not request.user.is_staff:
        raise Forbidden(_("The style guide is for the people who run this site."))
    return render(request, "styleguide.html", {"guide": read_styleguide()})


@login_not_required
@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """The way into the API's reference: how to sign in, and every call by what it is about."""
    wanted = request.GET.get("q", "")[:200]
    groups = [found for group in read_groups().values() if (found := group.find(wanted)).operations]
    return render(request, "api/docs.html", {"groups": groups, "wanted": wanted, "site": site_of(request)})


@login_not_required
@require_safe
def api_docs_group(request: HttpRequest, group: str) -> HttpResponse:
    """Every call about one kind of thing."""
    if group not in read_groups():
        raise NotFound(_("The API has no calls about that."))
    context = {"group": read_groups()[group], "groups": read_groups().values(), "site": site_of(request)}
    return render(request, "api/group.html", context)


@login_not_required
@require_safe
def api_schema(request: HttpRequest) -> HttpResponse:
    """The API's description as YAML, or as JSON where that is asked for."""
    asks_json = request.get_preferred_type(["application/yaml", "application/json"]) == "application/json"
    form = request.GET.get("format", "json" if asks_json else "yaml")
    if form not in FORMS:
        message = _("The description is there as %(forms)s.") % {"forms": ", ".join(FORMS)}
        raise InvalidInput(message, code="unknown_format", details={"field": "format", "received": form[:40]})
    content, media_type = render_schema(form)
    headers = {"Content-Disposition": f'inline; filename="genresite-openapi.{form}"', "Vary": "Accept"}
    return HttpResponse(content, content_type=media_type, headers=headers)


def site_of(request: HttpRequest) -> str:
    """The site's address as the caller has it, for examples to begin with."""
    return request.build_absolute_uri("/").rstrip("/")


@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """The state of each part as JSON: 200 when all is well, 503 when a part is missing."""
    report = check_health()
    return JsonResponse(report.as_dict(), status=200 if report.healthy else 503)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request itself is broken."""
    return render_error(request, InvalidInput(_("The request could not be read."), code="bad_request"))


@login_not_required
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: known, but not allowed."""
    return render_error(request, Forbidden(_("You may not do this with this account.")))


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without its one-time mark, from a page that was open for long or a browser without cookies."""
    sentence = _(
        "This form was open for too long, or your browser keeps no cookies of this site. Go back, load the page again, "
        "and send it once more."
    )
    return render_error(request, Forbidden(sentence, code="csrf_failed"))


@login_not_required
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing here."""
    return render_error(request, NotFound(_("There is nothing at this address, or it is not yours to see.")))


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; nothing about the inside is told."""
    error = DomainError(
        _("Something went wrong on our side. Nothing of yours was lost; please try again."), code="server_error"
    )
    error.status = 500
    return render_error(request, error)
