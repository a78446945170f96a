"""Every app's addresses under one roof."""

from django.contrib import admin
from django.urls import include, path

from liaison.views import favicon, figures, healthz, readyz

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", figures),
    path("favicon.ico", favicon),
    path("admin/", admin.site.urls),
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
