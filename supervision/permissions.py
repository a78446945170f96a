"""Who sets terms and ladder. Everybody with a role may read both pages."""

from accounts.models import Role
from accounts.services import has_role

RULE_SETTERS = (Role.COMMITTEE, Role.ADMIN)


def may_set_rules(user) -> bool:
    """Whether the user may change terms and ladder: the deputy-affairs committee and administrators."""
    return has_role(user, *RULE_SETTERS)
