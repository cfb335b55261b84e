"""The pages: predict, one prediction, history, models, about, jobs. Each view parses, calls one service, renders."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.middleware import HtmxDetails

from genresite.accounts.models import User
from movies.models import Movie
from predictor.files import open_poster, send_picture
from predictor.filters import HistoryFilter
from predictor.forms import PredictForm, SettleForm
from predictor.models import Feedback, Job, ModelVersion, Prediction
from predictor.selectors import read_feedback_panel, read_prediction_page, read_reports, read_worker_problem
from predictor.services import jobs as job_services
from predictor.services.batches import count_waiting_films
from predictor.services.explanations import draw_heat_map
from predictor.services.feedback import record_feedback, settle_feedback
from predictor.services.predictions import record_prediction

PAGE_SIZE = 20


class PageRequest(HttpRequest):
    """A request as the middleware leaves it: signed in, and saying whether htmx sent it."""

    user: User
    htmx: HtmxDetails


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
    return render(request, "predictor/detail.html", {"page": page, "prediction": page.prediction, "panel": page.panel})


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
    settle_feedback(feedback=correction, reviewer=request.user, accept=form.cleaned_data["verdict"] == "accept")
    return _show_panel(request, correction.prediction_id)


@require_safe
def history(request: PageRequest) -> HttpResponse:
    """One's own predictions, for reviewers everybody's; searched, narrowed, page by page."""
    visible = Prediction.objects.visible_to(request.user).listed()
    filterset = HistoryFilter(request.GET, queryset=visible, request=request)
    page_obj = Paginator(filterset.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"filter": filterset, "page_obj": page_obj, "narrowed": filterset.narrows}
    return render(request, "predictor/history.html", context)


@require_safe
def models(request: PageRequest) -> HttpResponse:
    """The model versions that this site knows."""
    versions = ModelVersion.objects.select_related("activated_by")
    return render(request, "predictor/models.html", {"versions": versions})


@login_not_required
@require_safe
def about(request: PageRequest) -> HttpResponse:
    """How good the models are, in figures and in plain words."""
    return render(request, "predictor/about.html", {"reports": read_reports()})


@require_safe
def jobs(request: PageRequest) -> HttpResponse:
    """Slow work: what waits, what runs and how far it is, what failed and why."""
    visible = Job.objects.visible_to(request.user).select_related("requested_by")
    context = {
        "page_obj": Paginator(visible, PAGE_SIZE).get_page(request.GET.get("page")),
        "unfinished": visible.unfinished().exists(),
        "waiting_films": count_waiting_films(request.user),
        "worker_problem": read_worker_problem(),
    }
    return render(request, "predictor/jobs.html", context)


@require_POST
def request_catalogue_job(request: PageRequest) -> HttpResponse:
    """Ask for predictions of the catalogue's films without genres."""
    job_services.request_catalogue_job(requested_by=request.user)
    messages.success(request, _("The job is queued. It goes on when you close this page."))
    return redirect("predictor:jobs")


@require_POST
def cancel_job(request: PageRequest, pk: int) -> HttpResponse:
    """Call a job off."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    job_services.cancel_job(job=job, person=request.user)
    return redirect("predictor:jobs")
