"""The reception days' own sweep: what must follow from the hour is found here, level-triggered."""

import datetime as dt
import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.services import holders, stand_ins
from deputies.models import Appointment, Reception, ReceptionEvent, Turn
from deputies.services.appointments import message_topic
from deputies.services.change import conflict_topic, day_words, reminder_topic, title_words
from deputies.services.planning import publish_by, restart_publish_clock
from deputies.warnings import Hindrance, hindrances
from notices.models import Message
from notices.services import Letter, queue
from stations.models import Station
from supervision import services as supervision
from supervision.models import Duty
from workdays.calendar import BEIJING
from workdays.models import CalendarChange
from workdays.services import load_calendar, spoken

log = logging.getLogger(__name__)

BATCH = 200
LOOK_AHEAD = dt.timedelta(days=14)  # how long before the day a station is told of a deputy who cannot come; default


def sweep(*, at: dt.datetime | None = None) -> int:
    """Ask for the summary of days that are over, remind of the next working day, tell of deputies who cannot come.

    Clocks of publishing follow the calendar. Returns how many clocks were started and messages queued. Whatever is past
    its moment and not done yet, whether the machine was off for a minute or a week; said once, however often it runs and
    in however many processes.
    """
    at = at or timezone.now()
    return follow_calendar(at) + ask_for_summaries(at) + remind(at) + warn(at)


def follow_calendar(at: dt.datetime) -> int:
    """Start the publishing clocks anew whose last day another calendar has moved, e.g. a year's notice; return how many.

    Only clocks begun before the calendar changed: a term that the office changes moves no clock that runs.
    """
    changed_at = CalendarChange.objects.values_list("at", flat=True).first() or at
    coming = Reception.objects.standing().filter(published_at=None, opened_at=None, date__gte=timezone.localdate(at))
    running = coming.filter(publish_clock__stopped_at=None, publish_clock__started_at__lt=changed_at)
    days = list(running.values_list("pk", "date", "publish_clock__due_on"))
    if not days:
        return 0
    term, calendar = supervision.term_for(Duty.PUBLISH), load_calendar()
    moved = [key for key, date, due_on in days if due_on != publish_by(date, term, calendar)]
    return _with_each(running.filter(pk__in=moved), _follow_calendar, at)


def _follow_calendar(day: Reception, at: dt.datetime) -> None:
    restart_publish_clock(day, at=at)
    words = _("工作日历调整，公布期限改为%(day)s。") % {"day": spoken(day.publish_clock.due_on)}
    ReceptionEvent.objects.create(reception=day, at=at, what=words)


def ask_for_summaries(at: dt.datetime) -> int:
    """Start the clock of the summary of every day that is over and was published or opened; return how many."""
    local = timezone.localtime(at)
    over = Q(date__lt=local.date()) | Q(date=local.date(), ends__lte=local.time())
    known = Q(published_at__isnull=False) | Q(opened_at__isnull=False)
    waiting = Reception.objects.standing().filter(over, known, closed_at=None, summary_clock=None)
    return _with_each(waiting, _ask_for_summary, at)


def _ask_for_summary(day: Reception, at: dt.datetime) -> None:
    day.summary_clock = supervision.start(
        duty=Duty.SUM_UP,
        station=day.station,
        owner_station=day.station,
        title=_("%(day)s小结") % {"day": title_words(day)},
        link=day.get_absolute_url(),
        at=day.ends_at,
    )
    day.save(update_fields=["summary_clock", "changed_at"])


def _with_each(days: QuerySet[Reception], step: Callable, at: dt.datetime) -> int:
    """Take a step with each of these days that still is one of them, locked; return with how many.

    Each is a transaction of its own; one that cannot be moved is logged and holds up no other.
    """
    done = 0
    for key in days.order_by("date").values_list("pk", flat=True)[:BATCH]:
        try:
            with transaction.atomic():
                locked = days.select_related("station__region").select_for_update(of=("self",), skip_locked=True)
                day = locked.filter(pk=key).first()
                if day is not None:
                    step(day, at)
                    done += 1
        except Exception:
            log.exception("the sweep could not take %s with reception day %s", step.__name__, key)
    return done


def remind(at: dt.datetime) -> int:
    """Remind deputies and booked residents from the last working day before a published day on; return how many.

    Whoever heard of it on that last day itself, because it was published or booked so late, is not told again. Deputies
    are told themselves, on leave or not: a substitute of the account cannot sit at the desk.
    """
    calendar, local = load_calendar(), timezone.localtime(at)
    coming = Q(date__gt=local.date()) | Q(date=local.date(), starts__gt=local.time())
    ahead = Reception.objects.standing().published().filter(coming, date__lte=calendar.add_workdays(local.date(), 1))
    days = list(ahead.filter(opened_at=None, closed_at=None).select_related("station"))
    eves = {day.pk: dt.datetime.combine(calendar.add_workdays(day.date, -1), dt.time.min, BEIJING) for day in days}
    turns = Turn.objects.filter(reception__in=[day for day in days if day.published_at < eves[day.pk]])
    booked = Appointment.objects.filter(reception__in=days, state=Appointment.State.BOOKED, wants_mail=True)
    by_key = {day.pk: day for day in days}
    letters = [
        _to_deputy(by_key[turn.reception_id], turn)
        for turn in turns.filter(deputy__user__is_active=True).select_related("deputy__user")
    ]
    letters += [
        _to_booked(by_key[visit.reception_id], visit)
        for visit in booked.exclude(identity=None).select_related("identity")
        if visit.booked_at < eves[visit.reception_id]
    ]
    return _queue_new(letters, at)


def _to_deputy(day: Reception, turn: Turn) -> Letter:
    return Letter(
        to=[turn.deputy.user],
        title=_("轮值提醒：%(day)s") % {"day": title_words(day)},
        body=_("请于%(when)s接待群众。") % {"when": day_words(day)},
        topic=reminder_topic(day, turn.deputy_id),
        key=_reminder_key(day, f"turn:{turn.pk}"),
        link=day.get_absolute_url(),
    )


def _to_booked(day: Reception, visit: Appointment) -> Letter:
    facts = {"slot": f"{visit.slot:%-H:%M}", "when": day_words(day)}
    return Letter(
        to=visit.identity.outside_key,
        title=_("预约提醒：%(day)s") % {"day": title_words(day)},
        body=_("您预约的时段是%(slot)s。%(when)s。来不了时，请用编号和查询码取消。") % facts,
        topic=message_topic(visit),
        key=_reminder_key(day, f"visit:{visit.pk}"),
        link=reverse("deputies:appointment", args=[visit.number]),
    )


def _reminder_key(day: Reception, whom: str) -> str:
    """A day that is moved away and back is reminded of again: its sequence tells the two apart."""
    return f"{day.topic}:{day.date}:remind:{day.sequence}:{whom}"


def _queue_new(letters: list[Letter], at: dt.datetime) -> int:
    """Queue the letters that nobody has queued yet; return how many."""
    keys = {f"{letter.key}:{'out' if isinstance(letter.to, str) else letter.to[0].pk}": letter for letter in letters}
    known = set(Message.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
    new = [letter for key, letter in keys.items() if key not in known]
    queue(new, at=at)
    return len(new)


def warn(at: dt.datetime) -> int:
    """Tell a station once of each deputy on a coming roster who cannot be there; return of how many it was told.

    The station's officers, else its head: a mandate ended or a leave begun after the roster was made.
    """
    today = timezone.localdate(at)
    days = Reception.objects.standing().filter(date__range=(today, today + LOOK_AHEAD), opened_at=None, closed_at=None)
    found = {conflict_topic(one.reception, one.deputy.pk): one for one in hindrances(list(days.only("pk")))}
    told = set(Message.objects.filter(topic__in=found).values_list("topic", flat=True))
    new = [one for topic, one in found.items() if topic not in told]
    readers = {station: _readers(station, today) for station in {one.reception.station for one in new}}
    letters = [_to_station(hindrance, readers[hindrance.reception.station]) for hindrance in new]
    queue(letters, at=at)
    return sum(bool(letter.to) for letter in letters)


def _readers(station: Station, today: dt.date) -> list[User]:
    """A station's officers who are there, else its head."""
    officers = holders(Role.OFFICER, station=station, on=today) or holders(Role.HEAD, region=station.region, on=today)
    return stand_ins(officers, on=today)


def _to_station(hindrance: Hindrance, readers: list[User]) -> Letter:
    day = hindrance.reception
    topic = conflict_topic(day, hindrance.deputy.pk)
    return Letter(
        to=readers,
        title=_("轮值冲突：%(day)s") % {"day": title_words(day)},
        body=_("%(who)s。%(when)s的轮值请另行安排。") % {"who": hindrance.words, "when": day_words(day)},
        topic=topic,
        key=topic,
        link=day.get_absolute_url(),
    )
