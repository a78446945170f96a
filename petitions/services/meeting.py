"""What a meeting with an organ's head (约见) leaves in a case: that it was asked for, what became of it, what was promised.

Meetings live a floor above; a case knows no more of one than the page of the desk that tells it.
"""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from petitions.errors import ActionError
from petitions.models import Commitment, Petition
from petitions.services.handling import promise
from petitions.services.step import step
from stations.models import Organ
from workdays.services import spoken


def ask_meeting(
    *, petition: Petition, organ: Organ, link: str, actor: User | None = None, at: datetime | None = None
) -> None:
    """Write into a case that its deputy or its station asked to meet the organ's head; without an actor the sweep did.

    Residents read of a meeting when it has been arranged, since it may be declined. ``link`` is the meeting's page.
    """
    with step(petition, "ask_meeting", actor=actor, at=at) as case:
        case.record(_("提请约见%(organ)s负责人。") % {"organ": organ.name}, public=False, link=link)


def note_meeting(
    *, petition: Petition, text: str, link: str, by_label: str, public: bool, at: datetime | None = None
) -> None:
    """Write into a case what became of a meeting about it, whatever the case's status; ``by_label`` is who arranges it.

    ``public`` lets the residents of the case read it.
    """
    with step(petition, "note_meeting", at=at) as case:
        case.label = by_label[:80]
        case.record(text, public=public, link=link)


def register_promise(
    *, petition: Petition, organ: Organ, text: str, on: date, link: str, actor: User, at: datetime | None = None
) -> Commitment:
    """Make what an organ promised in person a commitment of the case's round, with its clock; the residents are told.

    The case cannot close before it is kept. Raises ``ActionError`` where ``on`` (Beijing date) is not in the future.
    """
    with step(petition, "register_promise", actor=actor, at=at) as case:
        if on <= timezone.localdate(case.at):
            raise ActionError(_("承诺的完成日期须在今天以后。"))
        made = promise(case, organ, text=text, on=on)
        told = _("%(organ)s承诺：%(text)s，%(date)s前完成。") % {"organ": organ.name, "text": text, "date": spoken(on)}
        case.record(told, link=link)
        case.tell(case.people_of(organ), _("已登记承诺，请按期兑现"), told)
        case.tell_residents("promised", told)
        return made
