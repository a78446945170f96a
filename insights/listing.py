"""The rows behind a figure of the quarterly summary, a line each: a day, what it was, and where it stands."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from deputies.models import Appointment, Membership, Note, Reception, Turn
from stations.models import Finding, Inspection


@dataclass(frozen=True)
class Line:
    """A row in words; ``on`` is its day (Beijing), ``to`` the address of its source."""

    on: dt.date
    title: str
    facts: str
    to: str


def lines(rows: QuerySet) -> list[Line]:
    """Say what the rows are, by day; no identity and no word of a visitor but the topic. One query."""
    related, line = LINES[rows.model]
    return sorted((line(row) for row in rows.select_related(*related)), key=lambda line: line.on)


def _reception(reception):
    return Line(reception.date, _("接待日"), reception.state.label, reception.get_absolute_url())


def _turn(turn):
    came = _("已到岗") if turn.present_at else _("没有到岗记录")
    return Line(turn.reception.date, turn.deputy.name, came, turn.reception.get_absolute_url())


def _membership(membership):
    to = reverse("insights:duty_record", args=[membership.deputy.code])
    facts = "，".join(words for words in (_("当日编入本站"), membership.group) if words)
    return Line(membership.starts_on, membership.deputy.name, facts, to)


def _note(note):
    facts = _("来访%(n)s人，%(outcome)s") % {"n": note.visitors, "outcome": note.get_outcome_display()}
    return Line(note.reception.date, note.topic, facts, note.get_absolute_url())


def _appointment(appointment):
    facts = f"{appointment.slot:%H:%M} {appointment.get_state_display()}"
    return Line(appointment.reception.date, appointment.number, facts, appointment.reception.get_absolute_url())


def _inspection(inspection):
    return Line(inspection.inspected_on, inspection.checklist.name, inspection.by_name, inspection.get_absolute_url())


def _finding(finding):
    to = f"{finding.inspection.get_absolute_url()}#finding-{finding.pk}"
    return Line(finding.inspection.inspected_on, finding.asked, finding.text, to)


LINES = {
    Reception: ([], _reception),
    Turn: (["reception", "deputy"], _turn),
    Membership: (["deputy"], _membership),
    Note: (["reception"], _note),
    Appointment: (["reception"], _appointment),
    Inspection: (["checklist"], _inspection),
    Finding: (["inspection"], _finding),
}
