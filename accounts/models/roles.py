"""The field's roles, and which of them have the permissions that the floors below ask for."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The field's roles; domain.md says what each sees and does."""

    DEPUTY = "deputy", _("人大代表")
    OFFICER = "officer", _("联络员")
    HEAD = "head", _("站长（主席团）")
    COMMITTEE = "committee", _("代工委")
    CLERK = "clerk", _("承办单位经办人")
    LEADER = "leader", _("承办单位负责人")
    VIEWER = "viewer", _("领导查看")
    ADMIN = "admin", _("管理员")
    PRIVACY = "privacy", _("个人信息保护负责人")


PERMISSIONS = {
    "workdays.view_calendar": set(Role),
    "workdays.change_calendar": {Role.COMMITTEE, Role.ADMIN},
    "stations.view_station": {Role.OFFICER, Role.HEAD, Role.COMMITTEE, Role.VIEWER},
    "stations.change_station": {Role.OFFICER, Role.HEAD, Role.COMMITTEE},
    "stations.add_station": {Role.HEAD, Role.COMMITTEE},
    "stations.view_checklist": {Role.OFFICER, Role.HEAD, Role.COMMITTEE, Role.VIEWER},
    "stations.change_checklist": {Role.COMMITTEE},
    "stations.change_organ": {Role.COMMITTEE},
}
