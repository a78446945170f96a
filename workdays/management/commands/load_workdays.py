"""Load the years that chinesecalendar knows."""

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from workdays.services import CalendarError, load_year

FIRST_YEAR = 2024


class Command(BaseCommand):
    """``manage.py load_workdays [--from 2024] [--to 2026]``: safe to repeat; a loaded year stays as it is.

    A year that the package does not know is told and passed over: next year's notice comes out only in autumn.
    """

    help = "Load holidays and make-up days of the years that chinesecalendar knows."

    def add_arguments(self, parser):
        parser.add_argument("--from", dest="first", type=int, default=FIRST_YEAR, help="first year, 2024 by default")
        parser.add_argument("--to", dest="last", type=int, help="last year, next year by default")

    def handle(self, *args, first: int, last: int | None, **options):
        for year in range(first, (last or timezone.localdate().year + 1) + 1):
            try:
                loaded = load_year(year=year, by_name=_("系统载入"))
            except CalendarError as reason:
                self.stderr.write(str(reason))
                continue
            sentence = _("%(year)s年的放假安排已载入。") if loaded else _("%(year)s年的放假安排先前已载入，保持不变。")
            self.stdout.write(sentence % {"year": year})
