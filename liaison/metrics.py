"""What a Prometheus reads at /metrics: requests as the web processes count them, work as it stands in the database."""

import os
import time
from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from custody import sealing
from liaison import ready
from notices.models import Message
from supervision.models import Clock, Heartbeat

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR" in os.environ
if MULTIPROCESS:
    # A worker goes on in the file of the one whose place it took, so that there are never more files than workers.
    values.ValueClass = values.MultiProcessValue(lambda: os.environ.get("WEB_PLACE") or os.getpid())

_requests_registry = CollectorRegistry()
REQUESTS = Histogram(
    "liaison_request_seconds",
    "Time to answer, by route, method and status class",
    ["route", "method", "status"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=_requests_registry,
)


def measure_requests(get_response):
    """Middleware: count each answer and its time under the route's pattern, never under what a visitor typed."""

    def middleware(request):
        began = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        REQUESTS.labels(
            match.route if match else "none",
            request.method if request.method in METHODS else "other",
            f"{response.status_code // 100}xx",
        ).observe(time.perf_counter() - began)
        return response

    return middleware


class Work(Collector):
    """Outbox, ladder, sweeps and seals as the database has them at this moment, in few and cheap queries."""

    def collect(self) -> Iterator[Metric]:
        now = timezone.now()
        yield _gauge(
            "liaison_messages_due", "Messages whose time to be sent has come", Message.objects.due(now).count()
        )
        yield _gauge("liaison_clocks_due", "Clocks that owe a rung", Clock.objects.due_for_a_rung(now).count())
        beats = GaugeMetricFamily("liaison_sweep_age_seconds", "Since a sweep ended", labels=["sweep"])
        handled = GaugeMetricFamily("liaison_sweep_handled", "What it had to do", labels=["sweep"])
        took = GaugeMetricFamily("liaison_sweep_took_seconds", "How long it took", labels=["sweep"])
        for beat in Heartbeat.objects.all():
            beats.add_metric([beat.name], (now - beat.at).total_seconds())
            handled.add_metric([beat.name], beat.handled)
            took.add_metric([beat.name], beat.took_ms / 1000)
        yield from (beats, took, handled)
        if (age := sealing.age()) is not None:
            yield _gauge("liaison_seal_age_seconds", "Since the newest seal of the logs", age.total_seconds())
        checks = GaugeMetricFamily("liaison_ready", "1 where a check of /readyz is ok", labels=["check"])
        for name, check in ready.look().items():
            checks.add_metric([name], check["state"] == ready.OK)
        yield checks


def expose() -> bytes:
    """Everything in Prometheus's text format: the requests of all web processes beside this one, too."""
    registry = CollectorRegistry()
    registry.register(Work())
    if MULTIPROCESS:
        MultiProcessCollector(registry)
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(_requests_registry)


def may_read(request) -> bool:
    """Whether a request brings METRICS_TOKEN as its bearer token; nobody may where none is set."""
    given = request.headers.get("Authorization", "")
    return bool(settings.METRICS_TOKEN) and constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}")


def _gauge(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(name, said, value=value)
