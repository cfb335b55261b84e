"""The pages beside the review queue: corrections that wait, and items that two reviewers see differently."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from genresite.paging import CountedPaginator, LongListPaginator
from predictor.access import require_reviewer
from predictor.models import Feedback, Prediction
from predictor.review_forms import BulkForm, GenresForm, ProposalForm
from predictor.selectors.agreement import list_decisions, read_agreement, select_conflicts
from predictor.selectors.review import build_toggles, read_counts, read_rows, select_proposals
from predictor.services.feedback import Settlement, amend_feedback, settle_feedback, settle_in_bulk
from predictor.services.reviews import settle_conflict
from predictor.views.requests import PAGE_SIZE, PageRequest


@require_http_methods(["GET", "HEAD", "POST"])
def review_proposals(request: PageRequest) -> HttpResponse:
    """The corrections that wait, to accept or reject many at once."""
    require_reviewer(request.user)
    if request.method == "POST":
        return _settle_many(request)
    page = LongListPaginator(select_proposals(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "predictor/review_proposals.html", {"page_obj": page, "counts": read_counts()})


def _settle_many(request: PageRequest) -> HttpResponse:
    form = BulkForm(request.POST)
    if not form.is_valid() or not form.cleaned_data["items"]:
        messages.error(request, _("Nothing was settled: tick the corrections first."))
        return redirect("predictor:review_proposals")
    accept = form.cleaned_data["verdict"] == "accept"
    _tell(request, settle_in_bulk(seen=form.cleaned_data["items"], reviewer=request.user, accept=accept), accept)
    return redirect("predictor:review_proposals")


def _tell(request: PageRequest, results: list[Settlement], accept: bool) -> None:
    """Say what became of each: how many went well, and every refusal by name."""
    count = sum(result.refusal is None for result in results)
    if accept:
        done = ngettext("%(count)s correction accepted.", "%(count)s corrections accepted.", count)
    else:
        done = ngettext("%(count)s correction rejected.", "%(count)s corrections rejected.", count)
    if count:
        messages.success(request, done % {"count": count})
    for result in results:
        if result.refusal is not None:
            messages.error(request, _("Correction %(pk)s: ") % {"pk": result.pk} + result.refusal.message)


@require_http_methods(["GET", "HEAD", "POST"])
def review_proposal(request: PageRequest, pk: int) -> HttpResponse:
    """One correction beside its film: accept it, with other genres if need be, or reject it."""
    require_reviewer(request.user)
    proposal = get_object_or_404(Feedback.objects.select_related("author"), pk=pk)
    prediction = get_object_or_404(Prediction.objects.listed(), pk=proposal.prediction_id)
    names = {genre.name for genre in proposal.genres.all()}
    form = ProposalForm(
        request.POST if request.method == "POST" else None, initial={"seen": proposal.updated_at.isoformat()}
    )
    if request.method == "POST" and _settle_one(request, form, proposal):
        return redirect("predictor:review_proposals")
    chosen = form.ticked if form.is_bound else names
    context = {"prediction": prediction, "proposal": proposal, "form": form, "counts": read_counts()}
    context["toggles"] = build_toggles(read_rows(prediction), chosen)
    return render(request, "predictor/review_proposal.html", context, status=form.status)


def _settle_one(request: PageRequest, form: ProposalForm, proposal: Feedback) -> bool:
    if not form.is_valid():
        return False
    common = {"feedback": proposal, "reviewer": request.user, "seen": form.cleaned_data["seen"]}
    if form.cleaned_data["verdict"] == "reject":
        return form.submit(settle_feedback, **common, accept=False) is not None
    return form.submit(amend_feedback, **common, genres=form.cleaned_data["genres"]) is not None


@require_safe
def review_conflicts(request: PageRequest) -> HttpResponse:
    """Items that two reviewers see differently, and how far reviewers and models agree."""
    require_reviewer(request.user)
    counts = read_counts()
    page = CountedPaginator(select_conflicts(), PAGE_SIZE, counts.conflicts).get_page(request.GET.get("page"))
    conflicts = [(prediction, list_decisions(prediction)) for prediction in page]
    context = {"page_obj": page, "conflicts": conflicts, "agreement": read_agreement(), "counts": counts}
    return render(request, "predictor/review_conflicts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def review_conflict(request: PageRequest, pk: int) -> HttpResponse:
    """One item that two reviewers see differently: say what is right."""
    require_reviewer(request.user)
    prediction = get_object_or_404(Prediction.objects.listed().prefetch_related("reviews__reviewer"), pk=pk)
    form = GenresForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _settle_conflict(request, form, prediction):
        messages.success(request, _("Settled."))
        return redirect("predictor:review_conflicts")
    decisions = list_decisions(prediction)
    agreed = set.intersection(*(set(review.chosen) for review in decisions)) if decisions else set()
    context = {"prediction": prediction, "decisions": decisions, "form": form, "counts": read_counts()}
    context["toggles"] = build_toggles(read_rows(prediction), form.ticked if form.is_bound else agreed)
    return render(request, "predictor/review_conflict.html", context, status=form.status)


def _settle_conflict(request: PageRequest, form: GenresForm, prediction: Prediction) -> bool:
    if not form.is_valid():
        return False
    return form.submit(settle_conflict, prediction=prediction, reviewer=request.user, **form.cleaned_data) is not None
