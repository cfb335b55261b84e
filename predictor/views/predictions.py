"""The pages of predictions: predict, one prediction, its explanation and feedback, history."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from genresite.paging import LongListPaginator
from movies.models import Movie
from predictor.files import open_poster, send_picture
from predictor.filters import HistoryFilter
from predictor.forms import PredictForm, SettleForm
from predictor.models import Feedback, Prediction
from predictor.selectors.predictions import read_feedback_panel, read_prediction_page
from predictor.services.explanations import draw_heat_map
from predictor.services.feedback import record_feedback, settle_feedback
from predictor.services.predictions import record_prediction
from predictor.views.requests import PAGE_SIZE, PageRequest


@require_safe
def predict(request: PageRequest) -> HttpResponse:
    """The form: a plot, a poster, or both; `?movie=` fills it with what the catalogue has."""
    wanted = request.GET.get("movie", "")
    movie = Movie.objects.filter(pk=wanted).first() if wanted.isdecimal() else None
    return render(request, "predictor/predict.html", {"form": PredictForm.for_movie(movie)})


@require_POST
def create(request: PageRequest) -> HttpResponse:
    """Predict what the form holds, or show it again with what is wrong."""
    form = PredictForm(request.POST, request.FILES)
    prediction = form.record(record_prediction, owner=request.user, origin=Prediction.Origin.WEB)
    if prediction is not None:
        return redirect(prediction)
    return render(request, "predictor/predict.html", {"form": form}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def predict_or_create(request: PageRequest) -> HttpResponse:
    """One address for the form and for what it sends."""
    return create(request) if request.method == "POST" else predict(request)


def _find(request: PageRequest, pk: int) -> Prediction:
    """A prediction that this person may see, with everything that its page shows; else 404."""
    return get_object_or_404(Prediction.objects.visible_to(request.user).listed(), pk=pk)


@require_safe
def detail(request: PageRequest, pk: int) -> HttpResponse:
    """What the models said, how sure they are, with `?explain=` why, and what people say of it."""
    page = read_prediction_page(_find(request, pk), request.user, explain=request.GET.get("explain", ""))
    context = {"page": page, "prediction": page.prediction, "panel": page.panel}
    answer = render(request, "predictor/detail.html", context)
    if page.sharing and page.sharing.shared:
        add_never_cache_headers(answer)  # the link is a secret of its owner
    return answer


@require_safe
def poster(request: PageRequest, pk: int) -> FileResponse:
    """The poster of a prediction, or with `?size=thumbnail` a small one."""
    prediction = get_object_or_404(Prediction.objects.visible_to(request.user), pk=pk)
    return open_poster(prediction, thumbnail=request.GET.get("size") == "thumbnail")


@require_safe
def explanation_poster(request: PageRequest, pk: int) -> HttpResponse:
    """Where the poster speaks for `?genre=`, as a picture to lay over it."""
    prediction = get_object_or_404(Prediction.objects.visible_to(request.user).listed(), pk=pk)
    return send_picture(draw_heat_map(prediction=prediction, genre=request.GET.get("genre", "")))


def _show_panel(request: PageRequest, pk: int) -> HttpResponse:
    """The feedback panel alone for htmx, else back to the page."""
    if not request.htmx:
        return redirect("predictor:detail", pk=pk)
    panel = read_feedback_panel(_find(request, pk), request.user)
    return render(request, "predictor/_feedback.html", {"panel": panel, "prediction": panel.prediction})


@require_POST
def feedback(request: PageRequest, pk: int) -> HttpResponse:
    """Say which genres are right."""
    prediction = _find(request, pk)
    panel = read_feedback_panel(prediction, request.user, data=request.POST)
    form = panel.form
    form.is_valid()
    values = {name: form.cleaned_data.get(name) for name in ("genres", "note")}
    if form.submit(record_feedback, prediction=prediction, author=request.user, **values):
        messages.success(request, _("Thank you: your correction is kept."))
        return _show_panel(request, pk)
    page = read_prediction_page(prediction, request.user)
    template = "predictor/_feedback.html" if request.htmx else "predictor/detail.html"
    context = {"page": page, "prediction": prediction, "panel": panel}
    # htmx shows only what came with success; without it the status says that something is wrong.
    return render(request, template, context, status=200 if request.htmx else form.status)


@require_POST
def settle(request: PageRequest, pk: int) -> HttpResponse:
    """Accept or reject a correction."""
    correction = get_object_or_404(Feedback.objects.visible_to(request.user), pk=pk)
    form = SettleForm(request.POST)
    if not form.is_valid():
        raise Http404
    accept, seen = form.cleaned_data["verdict"] == "accept", form.cleaned_data["seen"]
    settle_feedback(feedback=correction, reviewer=request.user, accept=accept, seen=seen)
    return _show_panel(request, correction.prediction_id)


@require_safe
def history(request: PageRequest) -> HttpResponse:
    """One's own predictions, for reviewers everybody's; searched, narrowed, page by page."""
    visible = Prediction.objects.visible_to(request.user).browsed()
    filterset = HistoryFilter(request.GET, queryset=visible, request=request)
    page_obj = LongListPaginator(filterset.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"filter": filterset, "page_obj": page_obj, "narrowed": filterset.narrows}
    return render(request, "predictor/history.html", context)
