"""The desk's menu as data: what stands in it, for whom, and which entry a page belongs to."""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.granting import GIVERS
from accounts.models import Role
from accounts.services import roles_of

STATION_SIDE = {Role.OFFICER, Role.HEAD, Role.COMMITTEE}
WATCHING = STATION_SIDE | {Role.VIEWER}
EVERYBODY = set(Role)
INVOLVED = EVERYBODY - {Role.ADMIN, Role.PRIVACY}
# Pages that the settings lead to.
RULES = (
    "/desk/calendar/",
    "/desk/categories/",
    "/desk/checklists/",
    "/desk/ladder",
    "/desk/message-words/",
    "/desk/organs/",
    "/desk/programmes/templates/",
    "/desk/proposals/",
    "/desk/refusal-reasons/",
    "/desk/terms/",
)


@dataclass(frozen=True, eq=False)
class Entry:
    """One link of the menu. Pages below its address, or below one of ``also``, belong to it."""

    view: str
    label: str
    icon: str
    roles: set
    also: tuple[str, ...] = ()


MENU = (
    (
        "",
        (
            Entry("portal:desk", _("今日待办"), "today", EVERYBODY),
            Entry("petitions:list", _("群众意见"), "list", EVERYBODY, ("/desk/notes/",)),
            Entry("petitions:search", _("搜索意见"), "search", INVOLVED),
            Entry("petitions:clusters", _("同类事项"), "layers", INVOLVED - {Role.CLERK, Role.LEADER}),
            Entry("petitions:suspicions", _("可疑提交"), "warning", STATION_SIDE),
            Entry("petitions:suggestions", _("代表建议"), "pen", INVOLVED),
            Entry("insights:dashboard", _("统计"), "chart", EVERYBODY, ("/desk/wall/", "/desk/holders/")),
            Entry("insights:hot", _("热点"), "results", WATCHING),
            Entry("insights:ledgers", _("台账"), "download", INVOLVED),
            Entry("notices:messages", _("消息"), "bell", EVERYBODY),
        ),
    ),
    (
        _("监督"),
        (
            Entry("programmes:programmes", _("监督工作"), "flag", INVOLVED),
            Entry("programmes:items", _("督查事项"), "check", INVOLVED),
            Entry("programmes:meetings", _("约见"), "meeting", INVOLVED),
            Entry("programmes:activities", _("代表活动"), "calendar", INVOLVED),
            Entry("papers:papers", _("公文"), "paper", INVOLVED),
        ),
    ),
    (
        _("联络站"),
        (
            Entry(
                "deputies:desk_receptions", _("接待安排"), "calendar", WATCHING | {Role.DEPUTY}, ("/desk/bookings/",)
            ),
            Entry(
                "deputies:desk_deputies", _("代表"), "users", WATCHING, ("/desk/new-deputy/", "/desk/deputy-imports/")
            ),
            Entry("insights:stations", _("联络站"), "pin", WATCHING, ("/desk/new-station/", "/desk/inspections/")),
            Entry("deputies:posters", _("海报"), "print", STATION_SIDE),
            Entry("insights:quarter", _("季度汇总"), "chart", WATCHING - {Role.OFFICER}),
            Entry("insights:duty_records", _("履职记录"), "list", WATCHING | {Role.DEPUTY}),
        ),
    ),
    (
        _("个人信息"),
        (
            Entry("portal:privacy_looks", _("个人信息保护"), "lock", {Role.PRIVACY}, ("/desk/privacy/",)),
            Entry("petitions:erasure_requests", _("删除申请"), "lock", STATION_SIDE),
        ),
    ),
    (
        _("管理"),
        (
            Entry("portal:people", _("人员与授权"), "users", set(GIVERS)),
            Entry("portal:settings", _("设置"), "gear", EVERYBODY, RULES),
        ),
    ),
)
DEMO = (_("演示"), (Entry("portal:mailbox", _("演示邮箱"), "mail", EVERYBODY),))


@cache
def _address(view):
    return reverse(view)


def navigation(request) -> dict:
    """Give ``menu`` on pages of the desk: headings with the links that the reader's roles open, the present one marked."""
    user = getattr(request, "user", None)
    if not request.path.startswith(("/desk/", "/accounts/")) or user is None or not user.is_authenticated:
        return {}
    roles = roles_of(user)
    opened = [(heading, [entry for entry in entries if entry.roles & roles]) for heading, entries in MENU]
    if settings.DEMO:
        opened.append(DEMO)
    present, how = _present([entry for _heading, entries in opened for entry in entries], request.path)
    return {
        "menu": tuple(
            (heading, tuple(Link(entry, how if entry is present else "") for entry in entries))
            for heading, entries in opened
            if entries
        )
    }


class Link(NamedTuple):
    """An entry of a menu; ``current`` is what aria-current says of it."""

    entry: Entry
    current: str

    @property
    def address(self):
        return _address(self.entry.view)


def _present(entries, path):
    """The entry of the page, or the one that its address lies below, with what aria-current says of it."""
    for entry in entries:
        if _address(entry.view) == path:
            return entry, "page"
    nearest = max(entries, key=lambda entry: _held(entry, path))
    return (nearest, "true") if _held(nearest, path) else (None, "")


def _held(entry, path):
    """How many characters of a page's address are an entry's own; 0 when the page does not belong to it."""
    # The desk itself lies above every page of the desk.
    above = () if entry.view == "portal:desk" else (_address(entry.view), *entry.also)
    return max((len(start) for start in above if path.startswith(start)), default=0)
