"""Who sets terms and ladder, which everybody with a role may read, and who gives organs one-time links."""

from accounts.models import Role
from accounts.services import grants_of, has_role

RULE_SETTERS = (Role.COMMITTEE, Role.ADMIN)


def may_set_rules(user) -> bool:
    """Whether the user may change terms and ladder: the deputy-affairs committee and administrators."""
    return has_role(user, *RULE_SETTERS)


def may_link(user, clock) -> bool:
    """Whether the user may give an organ a link to this duty: the presidium or committee over the side that answers."""
    assigners = (Role.HEAD, Role.COMMITTEE)
    return any(grant.role in assigners and grant.covers(clock.place) for grant in grants_of(user))
