"""How gunicorn runs the portal; what differs from machine to machine is given on its command line."""

import gc
import os
import shutil
import tempfile

from django.urls import get_resolver
from gunicorn.glogging import Logger

from liaison.logs import JsonLine, OneLine

AS_JSON = os.environ.get("LOG_FORMAT", "json") == "json"


class WebLog(Logger):
    """What gunicorn says of requests and of itself, without the tokens of one-time links."""

    def setup(self, cfg):
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                line = OneLine(handler.formatter._fmt, handler.formatter.datefmt)
                handler.setFormatter(JsonLine() if AS_JSON else line)


def on_starting(server):
    """A place where the web processes count requests together, for whichever of them is asked at /metrics."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="liaison-metrics-")


def pre_fork(server, worker):
    """Give a worker the lowest place that no other holds; in its file it counts on."""
    taken = {other.place for other in server.WORKERS.values()}
    worker.place = next(place for place in range(len(taken) + 1) if place not in taken)


def post_fork(server, worker):
    os.environ["WEB_PLACE"] = str(worker.place)


def post_worker_init(worker):
    """Load what the first request would wait for; it stays, so that the collector need not walk through it later on."""
    get_resolver().url_patterns  # noqa: B018 - reading them imports every page
    gc.collect()
    gc.freeze()


def on_exit(server):
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)


logger_class = WebLog
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
timeout = 60  # seconds
graceful_timeout = 15  # seconds
max_requests = 5000
max_requests_jitter = 500
control_socket_disable = True
accesslog = "-"
# No query string: it may hold what a visitor typed.
access_log_format = '%(h)s "%(m)s %(U)s" %(s)s %(B)s bytes %(M)s ms'
