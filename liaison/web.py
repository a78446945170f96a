"""How gunicorn runs the portal; what differs from machine to machine is given on its command line."""

import os

from gunicorn.glogging import Logger

from liaison.logs import OneLine


class WebLog(Logger):
    """What gunicorn says of requests and of itself, without the tokens of one-time links."""

    def setup(self, cfg):
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(OneLine(handler.formatter._fmt, handler.formatter.datefmt))


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
