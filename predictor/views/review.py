"""The pages of the review queue: one item a screen, what was done, undo, habits."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from predictor.access import require_reviewer
from predictor.models import Prediction, Review
from predictor.review_forms import HabitsForm, ReviewForm, clean_order
from predictor.selectors.review import (
    read_counts,
    read_habits,
    read_item_page,
    read_last,
    read_progress,
    select_done,
)
from predictor.services.review_queue import choose_next, is_blind, postpone
from predictor.services.reviews import change_habits, record_review, skip_item, undo_review
from predictor.views.requests import PAGE_SIZE, PageRequest


def _go_on(order: str) -> HttpResponse:
    """On to the next item, in the same order."""
    address = reverse("predictor:review")
    return redirect(f"{address}?order=random" if order == Review.Order.RANDOM else address)


@require_safe
def review(request: PageRequest) -> HttpResponse:
    """The way to the next item; `?order=random` for the control; a page of its own where nothing waits."""
    order = clean_order(request.GET.get("order"))
    chosen = choose_next(reviewer=request.user, order=order)
    if chosen is None:
        habits = read_habits(request.user)
        context = {"progress": read_progress(request.user, habits), "counts": read_counts()}
        context["last"] = read_last(request.user)
        return render(request, "predictor/review_empty.html", context)
    address = reverse("predictor:review_item", args=[chosen])
    return redirect(f"{address}?order=random" if order == Review.Order.RANDOM else address)


def _show_item(request: PageRequest, prediction: Prediction, form: ReviewForm | None = None) -> HttpResponse:
    page = read_item_page(
        prediction,
        request.user,
        blind=is_blind(reviewer=request.user, prediction=prediction),
        order=clean_order(request.GET.get("order")),
        explain=request.GET.get("explain", ""),
        chosen=form.ticked if form is not None else None,
    )
    form = form or ReviewForm(initial={"blind": page.blind, "order": page.order})
    context = {"page": page, "prediction": prediction, "form": form, "counts": read_counts()}
    return render(request, "predictor/review_item.html", context, status=form.status)


def _decide_item(request: PageRequest, prediction: Prediction) -> HttpResponse:
    form = ReviewForm(request.POST)
    verdict = form.data.get("verdict") if form.is_valid() else None
    common = {"prediction": prediction, "reviewer": request.user, "order": form.cleaned_data.get("order", "")}
    if verdict == ReviewForm.LATER:
        postpone(**common)
        return _go_on(common["order"])
    values = {name: form.cleaned_data.get(name) for name in ("genres", "note")} if verdict != ReviewForm.SKIP else {}
    service = skip_item if verdict == ReviewForm.SKIP else record_review
    done = form.submit(service, **common, **values, blind=form.cleaned_data.get("blind", False))
    return _go_on(common["order"]) if done else _show_item(request, prediction, form)


@require_http_methods(["GET", "HEAD", "POST"])
def review_item(request: PageRequest, pk: int) -> HttpResponse:
    """One item: plot and poster, genres to switch on and off, and what to do with it."""
    require_reviewer(request.user)
    prediction = get_object_or_404(Prediction.objects.visible_to(request.user).listed(), pk=pk)
    return _decide_item(request, prediction) if request.method == "POST" else _show_item(request, prediction)


@require_safe
def review_done(request: PageRequest) -> HttpResponse:
    """What one has reviewed in the last 30 days, to look at again or to undo."""
    require_reviewer(request.user)
    page = Paginator(select_done(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "predictor/review_done.html", {"page_obj": page, "counts": read_counts()})


@require_POST
def review_undo(request: PageRequest, pk: int) -> HttpResponse:
    """Take a review back, and look at the item again."""
    require_reviewer(request.user)
    found = get_object_or_404(Review.objects.filter(reviewer=request.user), pk=pk)
    undone = undo_review(review=found, reviewer=request.user)
    (messages.warning if undone.kept else messages.success)(request, undone.sentence)
    pages = {Review.Task.PROPOSAL: "predictor:review_proposals", Review.Task.CONFLICT: "predictor:review_conflicts"}
    named = pages.get(Review.Task(found.task))
    return redirect(named) if named else redirect("predictor:review_item", pk=found.prediction_id)


@require_http_methods(["GET", "HEAD", "POST"])
def review_habits(request: PageRequest) -> HttpResponse:
    """How one likes to work: shortcuts, blind mode, the day's goal."""
    require_reviewer(request.user)
    habits = read_habits(request.user)
    initial = {"shortcuts": habits.shortcuts, "blind": habits.blind, "daily_goal": habits.daily_goal}
    form = HabitsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        change_habits(reviewer=request.user, **form.cleaned_data)
        messages.success(request, _("Kept."))
        return redirect("predictor:review")
    status = 400 if form.errors else 200
    return render(request, "predictor/review_habits.html", {"form": form, "counts": read_counts()}, status=status)
