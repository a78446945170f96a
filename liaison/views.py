"""What the project package answers itself: whether it is ready, and its icon."""

from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe


@require_safe
def healthz(request):
    """Ready to work: this process answers and reaches the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def favicon(request):
    """Where browsers look for an icon without reading a page: files and pages of the admin name none."""
    return redirect(static("img/favicon.svg"))
