"""Residents who sign up for a public activity: no more than its limit, named only in the vault, with a code of their own."""

import datetime as dt

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import count_attempt
from notices import services as notices
from programmes.errors import ProgrammeError
from programmes.models import Activity, Guest
from programmes.permissions import may_run_activity
from programmes.services.change import Change, locked_activity, when_and_where
from vault import codes
from vault.errors import VaultError
from vault.models import Identity
from vault.services import keep, reveal
from workdays.services import spoken

SIGN_UPS_AN_ADDRESS = (10, 60 * 60)  # default: ten an hour


def may_sign_up(*, address: str) -> bool:
    """Count one more sign-up from a network address; False beyond ten an hour (default)."""
    most, seconds = SIGN_UPS_AN_ADDRESS
    return count_attempt(f"sign-up:from:{address}", limit=most, window_seconds=seconds)


def places_left(activity: Activity) -> int:
    """How many residents may still sign up. One query."""
    return max(activity.guest_limit - activity.guests.filter(cancelled_at=None).count(), 0)


def closed_why(activity: Activity, *, at: dt.datetime | None = None) -> str:
    """Why nobody can sign up now, as a sentence for residents; empty while they can. Full or not is another question."""
    at = at or timezone.now()
    if activity.cancelled_at:
        return _("这项活动已经取消：%(why)s") % {"why": activity.cancelled_why}
    if activity.closed_at or at >= activity.ends_at:
        return _("这项活动已经结束。")
    if not activity.guest_limit or not activity.public or activity.announced_at is None:
        return _("这项活动不接受群众报名。")
    if at >= activity.starts_at:
        return _("活动已经开始，不能再报名了。")
    return ""


def number_of(guest: Guest) -> str:
    """The number that a resident keeps with the code, such as HD12-003: the activity's key and the place in its list."""
    return f"HD{guest.activity_id}-{guest.number:03}"


def sign_up(
    *, activity: Activity, identity: dict | None, submission_key, at: dt.datetime | None = None
) -> tuple[Guest, str | None]:
    """Take one resident's name down; returns ``(guest, code)``.

    ``identity`` (name, phone, address, email, or None) goes into the vault. The same ``submission_key`` (UUID of one form)
    sent again returns the guest already there and ``None``, because a code is shown only once. Raises ProgrammeError when
    nobody can sign up now, and when all places are taken.
    """
    with locked_activity(activity, at=at, may_be_closed=True) as (standing, moment):
        sent_before = Guest.objects.filter(submission_key=submission_key).first()
        if sent_before is not None:
            return sent_before, None
        closed = closed_why(standing, at=moment)
        if closed:
            raise ProgrammeError(closed)
        if not places_left(standing):
            raise ProgrammeError(_("名额刚刚报满了。您填写的内容都还在；有人取消时，名额会重新放出来。"))
        last = standing.guests.aggregate(last=Max("number"))["last"] or 0
        guest = Guest(activity=standing, number=last + 1, signed_up_at=moment, submission_key=submission_key)
        code = codes.make_code()
        guest.code_hash = codes.hash_code(number_of(guest), code)
        guest.identity = keep(identity)
        guest.save()
        if identity and identity.get("email"):
            _confirm(guest, moment)
    return guest, code


def _confirm(guest: Guest, at: dt.datetime) -> None:
    facts = {"where": when_and_where(guest.activity), "number": number_of(guest)}
    notices.tell(
        to=guest.identity.outside_key,
        title=_("已报名：%(title)s") % {"title": guest.activity.title},
        body=_("%(where)s。编号%(number)s。来不了时，请用编号和查询码取消。") % facts,
        topic=_topic(guest),
        key=f"{_topic(guest)}:signed-up",
        link=guest.activity.public_url,
        at=at,
    )


def _topic(guest: Guest) -> str:
    return f"guest:{guest.pk}"


def cancel_sign_up(*, guest: Guest, at: dt.datetime | None = None) -> Guest:
    """Give a place up; it is free again, and what the resident had left of themselves is deleted (个人信息保护法, art. 47).

    Raises ProgrammeError when it was given up already, or the activity is over or cancelled.
    """
    with locked_activity(guest.activity, at=at, may_be_closed=True) as (standing, moment):
        locked = Guest.objects.select_for_update().get(pk=guest.pk)
        if locked.cancelled_at:
            raise ProgrammeError(
                _("这个报名已在%(when)s取消。") % {"when": spoken(timezone.localdate(locked.cancelled_at))}
            )
        if moment >= standing.starts_at:
            raise ProgrammeError(_("活动已经开始，不用再取消。"))
        identity, locked.identity, locked.cancelled_at = locked.identity_id, None, moment
        locked.save(update_fields=["identity", "cancelled_at"])
        Identity.objects.filter(pk=identity).delete()
        notices.withdraw(_topic(locked))
    return locked


def find(*, number: str, code: str, address: str) -> Guest | None:
    """The sign-up that a number and a query code open, with its activity, or None; see ``vault.codes.find``."""
    return codes.find(_rows, number=number, code=code, address=address)


def _rows(plain: str):
    """The guest whom a number such as HD12-003 means."""
    activity, _dash, place = plain.removeprefix("HD").partition("-")
    is_number = all(part.isascii() and part.isdecimal() and len(part) <= 9 for part in (activity, place))
    guests = Guest.objects.select_related("activity__station", "activity__region")
    found = guests.filter(activity=int(activity), number=int(place)) if is_number else Guest.objects.none()
    return [guest for guest in found if number_of(guest) == plain]


def reveal_guests(*, activity: Activity, actor: User, reason: str, at: dt.datetime | None = None) -> list[tuple]:
    """Who signed up, for the office that holds the activity: pairs of number and dict of name, phone, address, email.

    The view log keeps the reason, the activity's record that it was looked at. Raises ProgrammeError for others, without a
    reason, and where nobody left a name.
    """
    if not may_run_activity(actor, activity):
        raise ProgrammeError(_("只有组织单位可以查看报名群众。"))
    guests = list(activity.guests.filter(cancelled_at=None, identity__isnull=False).order_by("number"))
    if not guests:
        raise ProgrammeError(_("没有人留下姓名或联系方式。"))
    identities = Identity.objects.filter(guest__in=guests).order_by("guest__number")
    try:
        opened = reveal(identities=identities, number=f"HD{activity.pk}", actor=actor, reason=reason)
    except VaultError as refusal:
        raise ProgrammeError(str(refusal)) from None
    Change(activity, at or timezone.now(), actor, activity.organiser).record("reveal")
    return list(zip([number_of(guest) for guest in guests], opened, strict=True))
