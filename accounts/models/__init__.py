"""Users, what they may do where and from when, who stands in for them, how they sign in, and what is on record of it."""

from accounts.models.grants import Grant, Leave
from accounts.models.records import AccountChange, Attempt, ViewLog
from accounts.models.roles import PERMISSIONS, Role
from accounts.models.signing_in import ApiToken, Invitation, RecoveryCode, Scope, SecondFactor, SignIn
from accounts.models.user import User

__all__ = [
    "PERMISSIONS",
    "AccountChange",
    "ApiToken",
    "Attempt",
    "Grant",
    "Invitation",
    "Leave",
    "RecoveryCode",
    "Role",
    "Scope",
    "SecondFactor",
    "SignIn",
    "User",
    "ViewLog",
]
