"""督办 by hand, and the organ's acknowledgement of a 督办单."""

from django.utils.translation import gettext as _

from petitions.services.step import step
from supervision import services as supervision


def press(*, petition, actor, assignment, note, at=None):
    """Issue a numbered 督办单 to an organ by hand; its leader must acknowledge it."""
    with step(petition, "press", actor=actor, target=assignment, at=at) as case:
        reminder = supervision.press(case.target.answer_clock, by=actor, note=note, at=case.at)
        facts = {"organ": case.target.organ.name, "paper": reminder.paper.number}
        case.record(_("向%(organ)s发出督办单%(paper)s。") % facts)


def acknowledge(*, petition, reminder, text, actor=None, by_link=None, at=None):
    """The organ acknowledges a 督办单; the acknowledgement stands in the case."""
    organ = reminder.clock.owner_organ
    with step(petition, "acknowledge", actor=actor, by_link=by_link, target=reminder, organ=organ, at=at) as case:
        supervision.acknowledge(case.target, by=actor, text=text, at=case.at)
        case.record(_("督办单%(paper)s回执：%(text)s") % {"paper": reminder.paper.number, "text": text}, public=False)
