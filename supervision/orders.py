"""The 督办单: a numbered paper that presses a clock's owner, without a word about the resident."""

from datetime import date, datetime
from functools import cache

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from papers.models import Paper
from papers.services import Draft
from stations.models import Region
from workdays.services import spoken

from .models import Clock, Duty, Unit

CASE, NUMBER = "petitions:case", "number-of-a-case"  # the page of a case, and what stands for its number
DEFAULT = "默认"  # the source of a term that no rule was found for; a paper cites rules only


def draft_order(clock: Clock, *, key: str, at: datetime, note: str = "", by: User | None = None) -> Draft:
    """Write the 督办单 of a clock, from the township of its station to its owner.

    Its words name the case by its number, in the title only. ``note`` is what the person who issues it by hand wants to
    add.
    """
    parts = [
        (_("案由"), _cause(clock, at)),
        (_("期限"), _term(clock)),
        (_("要求"), _("请立即办理，在系统中报告办理情况，并在收到本单后填写回执。")),
        (_("督办意见"), note),
        (_("依据"), "" if clock.source.startswith(DEFAULT) else clock.source),
    ]
    return Draft(
        kind=Paper.Kind.SUPERVISION,
        office=_township(clock.place),
        addressee=str(clock.owner),
        addressee_organ=clock.owner_organ,
        station=clock.station,
        title=_("关于%(title)s的督办单") % {"title": clock.title},
        body="\n".join(_("%(part)s：%(text)s") % {"part": part, "text": text} for part, text in parts if text),
        key=key,
        by=by,
        case_number=_case_number(clock),
    )


def _case_number(clock: Clock) -> str:
    """The number of the case whose page a clock's link opens; empty for a duty of anything else."""
    before, behind = _case_page()
    number = clock.link.removeprefix(before).removesuffix(behind)
    return number if clock.link == f"{before}{number}{behind}" and "/" not in number else ""


@cache
def _case_page():
    """What stands before and behind the number in the address of a case's page; to resolve each link takes far longer."""
    return reverse(CASE, args=[NUMBER]).split(NUMBER)


def due_sentence(duty: str, due_on: date, *, at: datetime) -> str:
    """When a duty is due and whether that has passed; true on the day it is written and on the day it is read."""
    facts = {"duty": Duty(duty).label, "date": spoken(due_on)}
    if timezone.localdate(at) > due_on:
        return _("“%(duty)s”应于%(date)s前完成，已逾期。") % facts
    return _("“%(duty)s”应于%(date)s前完成，请抓紧办理。") % facts


def issued_sentence(numbers: list[str]) -> str:
    """Which papers were made, as their addressee reads it in the notice."""
    return _("已出具%(numbers)s，请填写回执。") % {"numbers": "、".join(numbers)}


def _cause(clock: Clock, at: datetime) -> str:
    today = timezone.localdate(at)
    facts = {"duty": clock.get_duty_display(), "today": spoken(today)}
    if today > clock.due_on:
        return _("截至%(today)s，标题所列事项的“%(duty)s”逾期未完成。") % facts
    return _("截至%(today)s，标题所列事项的“%(duty)s”临近期限，尚未完成。") % facts


def _term(clock: Clock) -> str:
    facts = {
        "start": spoken(timezone.localdate(clock.started_at)),
        "length": clock.length,
        "unit": clock.get_unit_display(),
        "due": spoken(clock.due_on),
    }
    if clock.unit == Unit.DATE:
        return _("应于%(due)s前完成。") % facts
    if clock.times_extended:
        return _("%(start)s起算，期限%(length)s%(unit)s，经批准延期后于%(due)s到期。") % facts
    return _("%(start)s起算，期限%(length)s%(unit)s，于%(due)s到期。") % facts


def _township(region: Region) -> Region:
    """The office that issues papers: a village's township, or the region of a county's own station itself."""
    return region.parent if region.level == Region.Level.VILLAGE else region
