"""The catalogue in the admin. Files and hashes of posters are made by services, so they are read here only."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from movies.figures import forget_figures
from movies.models import Genre, GenreAlias, GenreLabel, Movie, Plot, Poster, SourceRecord


class GenreAliasInline(admin.TabularInline):
    """How other sources spell the genre."""

    model = GenreAlias
    extra = 0


@admin.register(Genre)
class GenreAdmin(admin.ModelAdmin):
    """Genres; the vocabulary is the models', so none is added here."""

    list_display = ["name", "slug"]
    search_fields = ["name"]
    readonly_fields = ["name", "slug"]
    inlines = [GenreAliasInline]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No: `load_genres` brings all of them."""
        return False


@admin.register(GenreAlias)
class GenreAliasAdmin(admin.ModelAdmin):
    """Spellings, those that mean no genre among them."""

    list_display = ["name", "source", "genre"]
    list_filter = ["source"]
    list_select_related = ["genre"]
    search_fields = ["name"]


class GenreLabelInline(admin.TabularInline):
    """The film's genres and who says so."""

    model = GenreLabel
    extra = 0
    raw_id_fields = ["person"]


class PlotInline(admin.StackedInline):
    """The film's plots."""

    model = Plot
    extra = 0
    raw_id_fields = ["added_by"]


class PosterInline(admin.TabularInline):
    """The film's posters: their origin may be changed, their files not."""

    model = Poster
    extra = 0
    fields = ["width", "height", "source", "licence", "may_train", "added_at"]
    readonly_fields = ["width", "height", "added_at"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No: a poster comes in by the film's edit page, where it is verified."""
        return False


class SourceRecordInline(admin.TabularInline):
    """The data sources that have the film, and on what terms; imports write them."""

    model = SourceRecord
    extra = 0
    fields = ["source", "title", "year", "kind", "licence", "may_train", "imported_at"]
    readonly_fields = ["source", "title", "year", "kind", "imported_at"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No: a record comes by an import."""
        return False


@admin.register(Movie)
class MovieAdmin(admin.ModelAdmin):
    """Films."""

    list_display = ["title", "year", "kind", "imdb_id", "tmdb_id"]
    list_filter = ["kind", "genres"]
    search_fields = ["title", "imdb_id"]
    raw_id_fields = ["created_by"]
    inlines = [GenreLabelInline, PlotInline, PosterInline, SourceRecordInline]

    def save_model(self, request: HttpRequest, obj: Movie, form: Any, change: bool) -> None:
        """Save the film; the catalogue's figures are counted anew."""
        super().save_model(request, obj, form, change)
        forget_figures()

    def delete_model(self, request: HttpRequest, obj: Movie) -> None:
        """Delete the film; the catalogue's figures are counted anew."""
        super().delete_model(request, obj)
        forget_figures()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Movie]) -> None:
        """Delete the ticked films; the catalogue's figures are counted anew."""
        super().delete_queryset(request, queryset)
        forget_figures()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Who changes a label here has decided the film's genres, as on the film's page."""
        super().save_formset(request, form, formset, change)
        if formset.model is GenreLabel and formset.has_changed():
            Movie.objects.filter(pk=form.instance.pk).update(genres_decided_at=timezone.now())
