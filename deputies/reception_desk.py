"""Everything that the page of the reception desk shows, in few queries whatever the number of notes."""

from functools import cached_property

from django.db.models import Count, F, FilteredRelation, Q
from django.utils import timezone

from deputies.forms.session import NoteForm
from deputies.models import Deputy
from deputies.permissions import may_manage
from stations.models import Region


class Desk:
    """A reception day as one who may write at its desk sees it.

    ``reception`` with its station selected; ``user`` with the right of ``receivable_receptions``.
    """

    def __init__(self, reception, user):
        self.reception = reception
        self.user = user

    @cached_property
    def is_station_side(self):
        return may_manage(self.user, self.reception.station)

    @property
    def is_open(self):
        return self.reception.state == self.reception.State.OPEN

    @property
    def may_open(self):
        """Whether it can be begun today: on its day, or afterwards by the station's side."""
        over = self.reception.closed_at or self.reception.cancelled_at or self.reception.opened_at
        today = timezone.localdate()
        return not over and (self.reception.date == today or (self.reception.date < today and self.is_station_side))

    @cached_property
    def people(self):
        """The station's deputies in office, and whoever has a turn, with ``turn_id``, ``planned``, ``present_at``."""
        here = self.reception
        grouped = Deputy.objects.grouped_in(here.station, here.date)
        rows = Deputy.objects.annotate(turn=FilteredRelation("turns", condition=Q(turns__reception=here.pk)))
        rows = rows.filter(Q(turn__pk__isnull=False) | Q(pk__in=grouped.values("pk")))
        facts = {"turn_id": F("turn__pk"), "planned": F("turn__planned"), "present_at": F("turn__present_at")}
        return list(rows.annotate(**facts).order_by("turn__pk", "code"))

    @property
    def on_duty(self):
        return [deputy for deputy in self.people if deputy.turn_id]

    @property
    def others(self):
        """Deputies of the station who may have come without being planned."""
        return [deputy for deputy in self.people if not deputy.turn_id]

    @cached_property
    def organs(self):
        return list(self.reception.organs.all())

    @cached_property
    def appointments(self):
        rows = self.reception.appointments.standing()
        return list(rows.annotate(note_pk=F("note__pk"), note_number=F("note__number")))

    @property
    def expected(self):
        """Bookings without a note yet."""
        return [booked for booked in self.appointments if booked.note_pk is None]

    @cached_property
    def notes(self):
        """The day's notes, the newest first."""
        rows = self.reception.notes.select_related("deputy", "organ", "petition")
        return list(rows.annotate(photo_count=Count("photos")).order_by("-number"))

    @cached_property
    def villages(self):
        return list(Region.objects.villages_near(self.reception.station.region_id))

    def receiver(self):
        """Who receives unless told otherwise: the user, if on duty, else the only deputy who is there; or None."""
        own = [deputy for deputy in self.on_duty if deputy.user_id == self.user.pk]
        present = [deputy for deputy in self.on_duty if deputy.present_at]
        return own[0] if own else present[0] if len(present) == 1 else None

    def form(self, *args, appointment=None, form=NoteForm, **options):
        """A form for a note of this day; with an ``appointment``, for the visitor who booked it."""
        initial = {"deputy": getattr(self.receiver(), "pk", None)}
        if appointment is not None:
            initial |= {"appointment": appointment.pk, "topic": appointment.topic, "visitors": appointment.people}
        offered = {"deputies": self.on_duty, "organs": self.organs, "villages": self.villages}
        if form is NoteForm:
            options |= {"appointments": self.appointments, "initial": initial}
        return form(*args, reception=self.reception, **offered, **options)

    def booked(self, pk):
        """The booking with this key (text) whose visitor has no note yet, or None."""
        return next((booked for booked in self.expected if str(booked.pk) == pk), None)
