"""The site's map: pages, and the API under /api/v1/."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from genresite import views

urlpatterns = [
    path("", views.home, name="home"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("health/", views.health, name="health"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("accounts/", include("genresite.accounts.urls")),
    path("accounts/webhooks/", include("genresite.hooks.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("catalogue/", include("movies.urls")),
    path("", include("predictor.urls")),
    path("api/v1/", include("genresite.api_urls")),
    path("api/schema/", views.api_schema, name="api-schema"),
    path("api/docs/", views.api_docs, name="api-docs"),
    path("api/docs/<slug:group>/", views.api_docs_group, name="api-docs-group"),
    path("admin/", admin.site.urls),
]

handler400 = "genresite.views.bad_request"
handler403 = "genresite.views.permission_denied"
handler404 = "genresite.views.page_not_found"
handler500 = "genresite.views.server_error"
