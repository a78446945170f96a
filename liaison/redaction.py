"""What logs and error reports may not hold: who somebody is, and what somebody typed."""

import re

from django.views.debug import SafeExceptionReporterFilter

# Mobile numbers, ID numbers and e-mail addresses, whatever wrote them; not within a longer word, such as a request's id.
IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])(?:1[3-9]\d{9}|\d{17}[0-9Xx])(?![0-9A-Za-z])|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)
# What PostgreSQL tells of a refused row is the row itself, to the end of the line (also where that is written as JSON).
ROW = re.compile(r"DETAIL:.*?(?= ⏎ |\\n|\n|$)")


def without_identity(text: str) -> str:
    """A line of the log without phones, ID numbers, e-mail addresses and rows of the database."""
    return IDENTITY.sub("…", ROW.sub("DETAIL: …", text))


class NothingTyped(SafeExceptionReporterFilter):
    """Error reports name where something failed, never with which values: no local variables, nothing of a form."""

    def is_active(self, request):
        return True

    def get_post_parameters(self, request):
        return {} if request is None else dict.fromkeys(request.POST, self.cleansed_substitute)

    def get_traceback_frame_variables(self, request, tb_frame):
        return [(name, self.cleansed_substitute) for name in tb_frame.f_locals]
