"""Who sets terms and ladder, and who acknowledges a reminder. Everybody with a role may read both pages."""

from django.utils import timezone

from accounts.models import Role
from accounts.services import has_role

from .models import Addressee, Reminder
from .people import People

RULE_SETTERS = (Role.COMMITTEE, Role.ADMIN)


def may_set_rules(user) -> bool:
    """Whether the user may change terms and ladder: the deputy-affairs committee and administrators."""
    return has_role(user, *RULE_SETTERS)


def may_acknowledge(user, reminder: Reminder) -> bool:
    """Whether the user is the leader to whom the reminder speaks, or stands in for them today (Beijing date)."""
    people = People(on=timezone.localdate())
    return reminder.must_acknowledge and user in people.reached_by([Addressee.LEADER], reminder.clock)
