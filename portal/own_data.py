"""What the portal knows about one resident, for that resident: as a file, and removed at their request.

One who proved to hold a phone is told of all that bears it; one who opened a case by its query code, of that case and the
row of the vault behind it, whichever note or booking leads there as well.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ViewLog
from petitions.errors import ActionError
from petitions.models import Photo, Proposer
from petitions.retention import erase as erase_identities
from petitions.services.erasure import ask_erasure
from petitions.telling import WHAT, public_events
from portal.retention import KINDS
from programmes.retention import erase as erase_guests
from vault import retention
from vault.models import Identity
from vault.sealing import unseal


@dataclass(frozen=True)
class Scope:
    """The rows of the vault that one may ask about, and the cases brought or joined, anonymous ones included."""

    identities: list[Identity]
    proposers: list[Proposer]


def scope_of_phone(phone_index: str) -> Scope:
    """Everything that bears a phone; nothing where ``phone_index`` is empty."""
    identities = list(_with_links(Identity.objects.filter(phone_index=phone_index))) if phone_index else []
    return Scope(identities, list(_proposers().filter(identity__in=identities)))


def scope_of_case(proposer_key: int) -> Scope:
    """The one case of a proposer and the row behind it."""
    proposers = list(_proposers().filter(pk=proposer_key))
    return Scope(list(_with_links(Identity.objects.filter(proposer__in=proposers))), proposers)


def _proposers():
    return Proposer.objects.select_related("petition__station", "petition__region", "petition__category", "identity")


def _with_links(identities):
    return identities.select_related(
        "proposer__petition", "note__reception__station", "appointment__reception__station", "guest__activity"
    ).order_by("pk")


def everything(scope: Scope, *, at=None) -> dict:
    """All of it as plain data, fit for JSON: times in Beijing time, names of facts in Chinese."""
    at = at or timezone.now()
    kinds = {kind.code: str(kind.label) for kind in KINDS}
    terms = retention.rules_on(timezone.localdate(at)).values()
    return {
        "制作时间": _moment(at),
        "身份信息": [_identity(row) for row in scope.identities],
        "反映和附议的意见": [_case(proposer) for proposer in scope.proposers],
        "查看记录": _looks(scope),
        "保存期限": {kinds[rule.kind]: _term(rule.months) for rule in terms if rule.kind in kinds},
    }


def sections(facts: dict) -> list[tuple[str, list[str]]]:
    """The same to read: a heading with its lines each."""
    return [(heading, _lines(value)) for heading, value in facts.items()]


def _lines(value):
    if isinstance(value, list):
        return [_line(part) for part in value]
    return [f"{name}：{_line(part)}" for name, part in value.items()] if isinstance(value, dict) else [str(value)]


def _line(value):
    if isinstance(value, dict):
        return "\n".join(f"{name}：{_line(part)}" for name, part in value.items())
    return "；".join(_line(part).replace("\n", "，") for part in value) if isinstance(value, list) else str(value)


def _identity(row):
    names = {"name": "姓名", "phone": "电话", "address": "住址", "email": "电子邮箱"}
    used = []
    if hasattr(row, "proposer"):
        used.append(f"意见{row.proposer.petition.number}")
    for attribute, said in (("note", "接待记录"), ("appointment", "预约")):
        if hasattr(row, attribute):
            reception = getattr(row, attribute).reception
            used.append(f"{said}：{reception.date:%Y-%m-%d} {reception.station.name}")
    if hasattr(row, "guest"):
        used.append(f"活动报名：{row.guest.activity.title}")
    told = unseal(row.sealed)
    return {label: told.get(name, "") for name, label in names.items()} | {
        "用于": used,
        "当时告知的个人信息处理说明版本": row.notice_version or "未记录",
    }


def _case(proposer):
    petition, own = proposer.petition, proposer.is_first
    facts = {
        "编号": petition.number,
        "联络站": petition.station.name,
        "现在": petition.get_status_display(),
        "身份": "首位反映人" if own else "附议人",
        "时间": _moment(proposer.joined_at),
        "经过": [
            {
                "时间": _moment(event.at),
                "谁": event.actor_label,
                "什么": str(WHAT.get(event.action, "")),
                "内容": event.text,
            }
            for event in public_events(petition, own=own)
        ],
    }
    if not own:
        return facts | {"附议说明": proposer.note}
    return facts | {
        "标题": petition.title,
        "内容": petition.body,
        "地点": petition.place,
        "让谁知道身份": petition.get_secrecy_display(),
        "公开": petition.get_publication_display(),
        "公开摘要": petition.summary if petition.published_at else "",
        "照片张数": Photo.objects.filter(petition=petition, added_by_label="").count(),
    }


def _looks(scope):
    """When staff opened the identities of these cases and what for; who they were stays with the office."""
    numbers = {proposer.petition.number for proposer in scope.proposers if proposer.identity_id}
    looks = ViewLog.objects.filter(number__in=numbers).order_by("at")
    return [{"时间": _moment(look.at), "编号": look.number, "理由": look.reason} for look in looks]


def _term(months):
    return f"{months}个月" if months is not None else "不按期限删除"


def _moment(at):
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


@transaction.atomic
def erase(scope: Scope, *, words: str = "", at=None) -> list:
    """Delete who somebody is wherever nothing speaks against it; returns the requests that wait for staff.

    Visits, bookings and sign-ups lose it at once, and so do cases that are over; of open cases staff decide.
    """
    moment, waiting = at or timezone.now(), []
    for proposer in scope.proposers:
        if proposer.identity_id is not None:
            asked = ask_erasure(proposer=proposer, words=words, at=at)
            waiting += [asked] if asked.erased is None else []
    others = [row for row in scope.identities if not hasattr(row, "proposer")]
    if others:
        erase_guests([row for row in others if hasattr(row, "guest")])
        erase_identities([row for row in others if not hasattr(row, "guest")])
        retention.note_on_request(len(others), at=moment)
    if not scope.identities:
        raise ActionError(_("这里没有保存您的姓名、电话和住址，不用删除。"))
    return waiting
