"""Deputies' records: who they are, their mandates, the stations they are grouped in, and the days they are away."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Grant, Role, User
from deputies.errors import ReceptionError
from deputies.models import Absence, Deputy, Mandate, Membership
from stations.models import Region, Station
from vault.files import keep_files
from vault.pictures import encode_anew
from workdays.services import spoken

PORTRAIT_PIXELS = 800


def next_codes(*, region: Region, count: int) -> list[str]:
    """Return so many unused deputy codes of a region, such as ``130503100-012``; within a transaction.

    The region's row is locked, so that two clerks never draw the same number.
    """
    Region.objects.select_for_update(no_key=True).get(pk=region.pk)
    prefix = f"{region.code}-"
    used = Deputy.objects.filter(code__startswith=prefix).values_list("code", flat=True)
    numbers = (code.removeprefix(prefix) for code in used)
    last = max((int(number) for number in numbers if number.isdecimal()), default=0)
    return [f"{prefix}{number:03}" for number in range(last + 1, last + 1 + count)]


@transaction.atomic
def save_deputy(*, deputy: Deputy) -> Deputy:
    """Keep a new or changed deputy; a new one without a code is given the next of their region.

    Raises ReceptionError when the code belongs to somebody else.
    """
    if not deputy.code:
        [deputy.code] = next_codes(region=deputy.region, count=1)
    try:
        with transaction.atomic():
            deputy.save()
    except IntegrityError:
        raise ReceptionError(_("编号%(code)s已经是另一位代表的。") % {"code": deputy.code}) from None
    return deputy


@transaction.atomic
def add_deputy(*, deputy: Deputy, mandate: dict, station: Station | None = None, group: str = "") -> Deputy:
    """Keep a new deputy with their first mandate (see ``add_mandate``), grouped into a station when one is given.

    Raises ReceptionError where a deputy of that name and region holds that very seat already: a button pressed twice.
    """
    Region.objects.select_for_update(no_key=True).get(pk=deputy.region_id)
    same_seat = {f"mandates__{name}": mandate[name] for name in ("level", "constituency", "term")}
    known = Deputy.objects.filter(name=deputy.name, region=deputy.region_id, **same_seat).first()
    if known is not None:
        raise ReceptionError(
            _(
                "%(name)s已登记这一届的代表资格，编号%(code)s，不必重复登记。如果是同名的另一位，请在选举单位里注明区别。"
            )
            % {"name": known.name, "code": known.code}
        )
    save_deputy(deputy=deputy)
    add_mandate(deputy=deputy, **mandate)
    if station is not None:
        join_station(deputy=deputy, station=station, group=group, starts_on=timezone.localdate())
    return deputy


@transaction.atomic
def add_mandate(
    *,
    deputy: Deputy,
    level: int,
    constituency: str,
    term: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
) -> Mandate:
    """Record a seat in a people's congress, from–to (the last day included).

    Raises ReceptionError for days that run backwards, and when the deputy sits at that level already in that time
    (default: nobody sits twice in the congresses of one level).
    """
    _lock(deputy)
    _forwards(starts_on, ends_on)
    other = deputy.mandates.filter(level=level).filter(_touching(starts_on, ends_on)).first()
    if other is not None:
        raise ReceptionError(
            _("这段时间里已有同级的代表资格（%(term)s，%(days)s），请先终止原来的，或核对日期。")
            % {"term": other.term, "days": _span(other)}
        )
    return deputy.mandates.create(
        level=level, constituency=constituency, term=term, starts_on=starts_on, ends_on=ends_on
    )


@transaction.atomic
def end_mandate(*, mandate: Mandate, on: dt.date, at: dt.datetime | None = None) -> Mandate:
    """End a mandate: on a past day or today at once, on a day to come by its date, that day included.

    The cases' own sweep hands open cases on once no mandate is in force; turns after that day show as conflicts.
    Raises ReceptionError when it has ended already, or the day lies before its start or behind its end.
    """
    mandate = _locked(mandate)
    if mandate.status == Mandate.Status.ENDED:
        raise ReceptionError(_("这项代表资格已经终止（%(days)s）。") % {"days": _span(mandate)})
    if on < mandate.starts_on:
        raise ReceptionError(_("终止日期早于任职开始的%(day)s。") % {"day": spoken(mandate.starts_on)})
    if mandate.ends_on and on > mandate.ends_on:
        raise ReceptionError(_("任期到%(day)s为止，终止日期不能更晚。") % {"day": spoken(mandate.ends_on)})
    mandate.ends_on = on
    if on <= timezone.localdate(at):
        mandate.status = Mandate.Status.ENDED
    mandate.save()
    return mandate


@transaction.atomic
def suspend_mandate(*, mandate: Mandate) -> Mandate:
    """Suspend a mandate from now on (暂时停止执行代表职务). Raises ReceptionError unless it runs."""
    mandate = _locked(mandate)
    if mandate.status != Mandate.Status.NORMAL:
        raise ReceptionError(_("这项代表资格现在是“%(status)s”，不能暂停。") % {"status": mandate.get_status_display()})
    mandate.status = Mandate.Status.SUSPENDED
    mandate.save()
    return mandate


@transaction.atomic
def resume_mandate(*, mandate: Mandate) -> Mandate:
    """Let a suspended mandate go on. Cases handed on meanwhile stay with the station. Raises ReceptionError else."""
    mandate = _locked(mandate)
    if mandate.status != Mandate.Status.SUSPENDED:
        raise ReceptionError(
            _("这项代表资格现在是“%(status)s”，不需要恢复。") % {"status": mandate.get_status_display()}
        )
    mandate.status = Mandate.Status.NORMAL
    mandate.save()
    return mandate


@transaction.atomic
def join_station(
    *,
    deputy: Deputy,
    station: Station,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    group: str = "",
) -> Membership:
    """Group a deputy into a station, from–to. Raises ReceptionError when they are in it already in that time."""
    _lock(deputy)
    _forwards(starts_on, ends_on)
    other = deputy.memberships.filter(station=station).filter(_touching(starts_on, ends_on)).first()
    if other is not None:
        raise ReceptionError(
            _("%(name)s这段时间里已编入%(station)s（%(days)s），不必重复编组。")
            % {"name": deputy.name, "station": station, "days": _span(other)}
        )
    return deputy.memberships.create(station=station, group=group, starts_on=starts_on, ends_on=ends_on)


@transaction.atomic
def regroup(*, membership: Membership, group: str) -> Membership:
    """Put a deputy into another group of the same station."""
    membership = _locked(membership)
    membership.group = group
    membership.save()
    return membership


@transaction.atomic
def leave_station(*, membership: Membership, on: dt.date) -> Membership:
    """End a membership; ``on`` is its last day. Turns at the station after it show as conflicts.

    Raises ReceptionError when it has ended by then, or would end before it began.
    """
    membership = _locked(membership)
    if on < membership.starts_on:
        raise ReceptionError(_("离开日期早于编入的%(day)s。") % {"day": spoken(membership.starts_on)})
    if membership.ends_on and membership.ends_on <= on:
        raise ReceptionError(_("这项编组到%(day)s为止，已经登记过了。") % {"day": spoken(membership.ends_on)})
    membership.ends_on = on
    membership.save()
    return membership


@transaction.atomic
def record_absence(
    *, deputy: Deputy, starts_on: dt.date, ends_on: dt.date, why: str = "", actor: User, at: dt.datetime | None = None
) -> Absence:
    """Record days on which a deputy takes no turns. Raises ReceptionError for days that are over or recorded already."""
    _lock(deputy)
    _forwards(starts_on, ends_on)
    if ends_on < timezone.localdate(at):
        raise ReceptionError(_("这段日期已经过去，不必登记。"))
    other = deputy.absences.between(starts_on, ends_on).first()
    if other is not None:
        raise ReceptionError(_("与已登记的请假（%(days)s）重叠，请先取消原来的。") % {"days": _span(other)})
    return deputy.absences.create(starts_on=starts_on, ends_on=ends_on, why=why, recorded_by=actor)


@transaction.atomic
def drop_absence(*, absence: Absence, at: dt.datetime | None = None) -> None:
    """The deputy is back from today on: an absence to come is struck out, a running one ended yesterday.

    Raises ReceptionError when it is over.
    """
    absence = _locked(absence)
    today = timezone.localdate(at)
    if absence.ends_on < today:
        raise ReceptionError(_("这次请假已于%(day)s结束。") % {"day": spoken(absence.ends_on)})
    if absence.starts_on >= today:
        absence.delete()
        return
    absence.ends_on = today - dt.timedelta(days=1)
    absence.save()


@transaction.atomic
def keep_portrait(*, deputy: Deputy, file) -> Deputy:
    """Keep an uploaded picture as the deputy's portrait, encoded anew; the former one is removed after the commit.

    Raises ``vault.errors.PictureError`` for what is no picture, and where the disk is full.
    """
    content, _size = encode_anew(file, longest=PORTRAIT_PIXELS)
    deputy = _locked(deputy)
    _remove_later(deputy.portrait)
    keep_files([(deputy.portrait, "portrait.jpg", content)])
    return deputy


@transaction.atomic
def drop_portrait(*, deputy: Deputy) -> Deputy:
    """Remove the deputy's portrait."""
    deputy = _locked(deputy)
    _remove_later(deputy.portrait)
    deputy.portrait = ""
    deputy.save(update_fields=["portrait"])
    return deputy


def _remove_later(file):
    if file:
        transaction.on_commit(lambda storage=file.storage, name=file.name: storage.delete(name))


def free_accounts(*, on: dt.date):
    """Users who hold the deputy role on a day and are no deputy's account yet."""
    deputies = Grant.objects.on(on).filter(role=Role.DEPUTY)
    return User.objects.filter(is_active=True, deputy=None, pk__in=deputies.values("user")).order_by("name", "username")


@transaction.atomic
def link_account(*, deputy: Deputy, user: User | None) -> Deputy:
    """Let a deputy sign in as ``user``, or as nobody. Raises ReceptionError when that account is somebody's already."""
    deputy = _locked(deputy)
    deputy.user = user
    try:
        with transaction.atomic():
            deputy.save(update_fields=["user"])
    except IntegrityError:
        raise ReceptionError(_("这个账号刚刚已关联给另一位代表。")) from None
    return deputy


def _span(row):
    return f"{spoken(row.starts_on)}至{spoken(row.ends_on) if row.ends_on else _('今')}"


def _touching(starts_on, ends_on):
    """The condition of rows whose days share at least one with a span."""
    condition = Q(ends_on=None) | Q(ends_on__gte=starts_on)
    return condition & Q(starts_on__lte=ends_on) if ends_on else condition


def _forwards(starts_on, ends_on):
    if ends_on and ends_on < starts_on:
        raise ReceptionError(_("结束日期不能早于开始日期。"))


def _lock(deputy):
    Deputy.objects.select_for_update(of=("self",), no_key=True).get(pk=deputy.pk)


def _locked(row):
    """The row as it stands now, held until the transaction ends."""
    found = type(row)._default_manager.select_for_update(of=("self",), no_key=True).filter(pk=row.pk).first()
    if found is None:
        raise ReceptionError(_("这条记录刚刚已被删除。"))
    return found
