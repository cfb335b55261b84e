"""The catalogue's pages."""

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from genresite.paging import LongListPaginator
from movies.access import may_edit, person_of, require_may_edit, require_staff
from movies.filters import MoviePageFilter
from movies.forms import ImportForm, MovieForm
from movies.models import Movie, Poster
from movies.posters import open_poster
from movies.services import record_entry
from movies.services.uploads import MAX_UPLOAD_ROWS, import_upload

FILMS_A_PAGE = 36


@require_safe
def movie_list(request: HttpRequest) -> HttpResponse:
    """The films as a grid of posters, narrowed and in the order that the address says."""
    filter_set = MoviePageFilter(request.GET or None, queryset=Movie.objects.listed())
    page = LongListPaginator(filter_set.qs, FILMS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "movies/list.html", {"page_obj": page, **filter_set.as_toolbar()})


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One film with all that is known of it."""
    movie = get_object_or_404(Movie.objects.detailed(), pk=pk)
    return render(request, "movies/detail.html", {"movie": movie, "may_edit": may_edit(request.user, movie)})


def _show_form(request: HttpRequest, movie: Movie | None) -> HttpResponse:
    form = MovieForm(request.POST or None, request.FILES or None, movie=movie)
    if request.method == "POST" and form.is_valid():
        saved = record_entry(entry=form.as_entry(), person=person_of(request), movie=movie)
        messages.success(request, _("%(film)s is saved.") % {"film": saved})
        return redirect(saved)
    status = 400 if form.errors else 200
    return render(request, "movies/form.html", {"form": form, "movie": movie}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Add a film."""
    return _show_form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a film, and add a plot or a poster to it."""
    movie = get_object_or_404(Movie.objects.detailed(), pk=pk)
    require_may_edit(request.user, movie)
    return _show_form(request, movie)


@require_safe
def poster(request: HttpRequest, pk: int) -> FileResponse:
    """A poster's picture, or its thumbnail with `?size=thumbnail`."""
    return open_poster(get_object_or_404(Poster, pk=pk), request.GET.get("size", ""))


@require_http_methods(["GET", "HEAD", "POST"])
def import_movies(request: HttpRequest) -> HttpResponse:
    """Bring in films from an uploaded data set; for staff."""
    require_staff(request.user)
    form = ImportForm(request.POST or None, request.FILES or None)
    summary = import_upload(**form.as_upload()) if request.method == "POST" and form.is_valid() else None
    limits = {"limit_bytes": settings.MAX_REQUEST_BYTES, "limit_rows": MAX_UPLOAD_ROWS}
    status = 400 if form.errors or (summary and not summary.whole) else 200
    return render(request, "movies/import.html", {"form": form, "summary": summary, **limits}, status=status)
