"""Who may see a case and who may open an identity: the one page that decides it."""

from django.db.models import Exists, OuterRef, Q

from accounts.models import Role
from accounts.services import grants_of
from deputies.models import Membership
from django.utils import timezone


def visible_petitions(user):
    return Q()
