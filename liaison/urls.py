"""Every app's addresses under one roof."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from liaison.views import favicon, figures, healthz, readyz

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", figures),
    path("favicon.ico", favicon),
    path("admin/", admin.site.urls),
    path("api/schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(), name="api_docs"),
    path("accounts/", include("accounts.urls")),
    path("", include("stations.urls")),
    path("", include("workdays.urls")),
    path("", include("notices.urls")),
    path("", include("papers.urls")),
    path("", include("supervision.urls")),
    path("", include("deputies.urls")),
    path("", include("petitions.urls")),
    path("", include("programmes.urls")),
    path("", include("insights.urls")),
    path("", include("portal.urls")),
]

handler400 = "liaison.problems.bad_request"
handler404 = "liaison.problems.page_not_found"
handler500 = "liaison.problems.server_error"
