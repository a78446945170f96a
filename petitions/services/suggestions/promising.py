"""What an answer promises by a day and no case takes up: a clock for the organ, and the office that goes and looks."""

from django.utils.translation import gettext as _

from petitions.models import SuggestionPromise
from petitions.services.suggestions.change import change
from supervision import services as supervision
from supervision.models import Duty, Unit

State = SuggestionPromise.State


def keep_track(case, reply):
    """Give the promise of an answer that is under way in ``case`` (a ``Change``) its clock, unless cases wait for it.

    A case that is answered takes the promise up itself, as a commitment of its round.
    """
    if reply.promised_on is None or case.suggestion.links.filter(awaits=True).exists():
        return
    organ = case.target.organ
    clock = case.start_clock(Duty.COMMITMENT, owner_organ=organ, unit=Unit.DATE, on=reply.promised_on)
    SuggestionPromise.objects.create(reply=reply, clock=clock)


def drop(case):
    """Let go of what an answer promised that is given anew."""
    promises = SuggestionPromise.objects.filter(
        reply__part__round__suggestion=case.suggestion, state__in=[State.OPEN, State.DELIVERED]
    )
    for promise in promises.select_related("clock", "verify_clock"):
        promise.state = State.RECALLED
        promise.save(update_fields=["state"])
        for clock in filter(None, (promise.clock, promise.verify_clock)):
            supervision.stop(clock, at=case.at)


def report_delivery(*, suggestion, actor, promise, evidence, at=None):
    """The organ reports a promise as kept; the office goes and looks (回头看) before it counts."""
    organ = promise.reply.part.organ
    with change(suggestion, "report_delivery", actor=actor, target=promise, organ=organ, at=at) as case:
        supervision.pause(case.target.clock, why=_("承诺已报告兑现，待核实"), at=case.at)
        case.target.state = State.DELIVERED
        case.target.evidence = evidence
        case.target.verify_clock = case.start_clock(Duty.VERIFY, owner_region=case.suggestion.region)
        case.target.save(update_fields=["state", "evidence", "verify_clock"])
        case.record(_("报告承诺已兑现：%(evidence)s") % {"evidence": evidence})
        case.tell([*case.office(), case.suggestion.deputy.user], _("承诺已报告兑现，请核实"))


def verify_delivery(*, suggestion, actor, promise, kept, finding, at=None):
    """The office says what it found; a promise that was not kept is the organ's again, by the same date."""
    organ = promise.reply.part.organ
    with change(suggestion, "verify_delivery", actor=actor, target=promise, at=at) as case:
        supervision.stop(case.target.verify_clock, at=case.at)
        if kept:
            supervision.stop(case.target.clock, at=case.at)
        else:
            supervision.resume(case.target.clock, at=case.at)
        case.target.state = State.VERIFIED if kept else State.OPEN
        case.target.finding = finding
        case.target.save(update_fields=["state", "finding"])
        case.record((_("核实已兑现：") if kept else _("核实未兑现：")) + finding)
        told = _("承诺已核实兑现") if kept else _("承诺经核实没有兑现，请继续办理")
        case.tell([*case.people_of(organ), case.suggestion.deputy.user], told, finding)
