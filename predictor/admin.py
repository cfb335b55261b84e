"""The administration pages: predictions are read only, for they never change after they were made."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from genresite.errors import Conflict
from predictor.models import DecidedGenre, Feedback, Job, ModelVersion, Prediction, PredictionPart
from predictor.services.versions import activate_version


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that are looked at, and made elsewhere."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds a row by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes a row by hand."""
        return False


class ReadOnlyInline(admin.TabularInline):
    """Rows of a prediction."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds a row by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes a row by hand."""
        return False


class DecidedGenreInline(ReadOnlyInline):
    """The decided genres."""

    model = DecidedGenre


class PredictionPartInline(ReadOnlyInline):
    """What each model version said."""

    model = PredictionPart


@admin.register(Prediction)
class PredictionAdmin(ReadOnlyAdmin):
    """Predictions."""

    list_display = ["id", "title", "kind", "origin", "owner", "unsure", "created_at"]
    list_filter = ["kind", "origin", "unsure", "created_at"]
    list_select_related = ["owner"]
    search_fields = ["title", "plot", "owner__username"]
    exclude = ["poster_file", "poster_thumbnail"]  # the admin would link to MEDIA_URL, which is not served
    inlines = [DecidedGenreInline, PredictionPartInline]


@admin.register(Feedback)
class FeedbackAdmin(ReadOnlyAdmin):
    """Feedback; it is settled on the prediction's page, where the film's genres follow."""

    list_display = ["id", "prediction", "author", "state", "updated_at", "settled_by"]
    list_filter = ["state"]
    list_select_related = ["prediction", "author", "settled_by"]


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Jobs."""

    list_display = ["id", "kind", "state", "requested_by", "done", "total", "created_at", "finished_at"]
    list_filter = ["kind", "state"]
    list_select_related = ["requested_by"]


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    """Model versions, with the choice of the one that answers."""

    list_display = ["name", "kind", "recipe", "state", "created_at", "activated_at", "activated_by"]
    list_filter = ["kind", "state"]
    list_select_related = ["activated_by"]
    actions = ["activate"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Versions stay: predictions name them."""
        return False

    @admin.action(description="Let the chosen version answer", permissions=["view"])
    def activate(self, request: HttpRequest, queryset: QuerySet[ModelVersion]) -> None:
        """Activate each chosen version in turn; a broken one is refused in words."""
        if not request.user.has_perm("predictor.change_modelversion"):
            self.message_user(request, "This account may not change models.", messages.ERROR)
            return
        for version in queryset:
            try:
                activate_version(version=version, person=request.user)  # type: ignore[arg-type]
            except Conflict as exc:
                self.message_user(request, exc.message, messages.ERROR)
            else:
                self.message_user(request, f"The version {version.name} answers from now on.", messages.SUCCESS)
