"""What a bare Django view does on this machine: one INSERT, or one SELECT. Shares of it are the bars of the bench.

An application of its own, run by the same gunicorn with the same settings of it; no part of the portal.
"""

import os

import dj_database_url
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=None)},
    ROOT_URLCONF="bench.bare",
    SECRET_KEY="of no use: nothing is signed",  # noqa: S106
    USE_TZ=True,
)


def insert(request):
    """One row of some three hundred characters, as long as a resident's message, committed."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_bare (said) VALUES (%s)", [request.body.decode()])
    return HttpResponse("ok")


def select(request):
    """One row by its key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT said FROM bench_bare WHERE id = %s", [request.GET["id"]])
        return HttpResponse(cursor.fetchone()[0])


urlpatterns = [path("insert", insert), path("select", select)]
application = get_wsgi_application()
