"""One-time links: how an organ that has no account comes to one duty of its own, and to nothing else.

A link's token is 256 random bits. It is made while the message that carries it is being sent, or for the official who
asked for it, and only an HMAC of it is kept: neither the outbox nor the database can give it away.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.codes import keyed_hash
from accounts.models import Role, User
from accounts.services import count_attempt, holders
from notices.services import Letter, queue
from stations.models import Organ

from .errors import SupervisionError
from .models import Clock, Duty, OrganLink

DAYS = 30  # default
OPENINGS = (60, 60)  # default: sixty a minute from one address
OF_CASES = "petitions:by_link"
# Which page an organ's duty is done on. What organs do with no duty of these kinds is told without a link.
PAGES = {
    Duty.SIGN_IN: OF_CASES,
    Duty.ANSWER: OF_CASES,
    Duty.SECOND_ANSWER: OF_CASES,
    Duty.COMMITMENT: OF_CASES,
    Duty.REPORT_BACK: "programmes:by_link",
}


def organ_people(organ: Organ, *, on) -> list[User | Organ]:
    """Everybody who handles an organ's matters on a day (Beijing date): its clerks and leaders, or else the organ itself.

    An organ that nobody has an account for, and that left a phone or an e-mail address, is reached by link.
    """
    people = holders(Role.CLERK, organ=organ, on=on) + holders(Role.LEADER, organ=organ, on=on)
    return people or reached_by_link(organ)


def reached_by_link(organ: Organ) -> list[Organ]:
    """The organ as the one to be told, where it left a way to reach it."""
    return [organ] if organ.phone or organ.email else []


def make_link(
    clock: Clock, *, by: User | None = None, at: datetime | None = None, days: int = DAYS
) -> tuple[OrganLink, str]:
    """Make a link to an organ's duty, good for ``days``, and return it with its token, which nobody can find out later.

    ``by`` is None where a message carries it. Raises SupervisionError for a duty that is over, or is no organ's, or that
    no page is made for.
    """
    at = at or timezone.now()
    if clock.owner_organ_id is None or not page_of(clock) or clock.is_stopped:
        raise SupervisionError(_("这项期限已经结束，或者不由承办单位办理，不能生成办理链接。"))
    token = secrets.token_urlsafe(32)
    link = OrganLink.objects.create(
        clock=clock, token_hash=_hash(token), made_at=at, made_by=by, expires_at=at + timedelta(days=days)
    )
    return link, token


@transaction.atomic
def make_anew(clock: Clock, *, by: User, at: datetime | None = None) -> tuple[OrganLink, str]:
    """Make a link for an official to hand over, and take back those before it: there is never more than one by hand."""
    at = at or timezone.now()
    Clock.objects.select_for_update(of=("self",)).get(pk=clock.pk)
    revoke([clock], at=at)
    return make_link(clock, by=by, at=at)


def send_link(clock: Clock, *, at: datetime | None = None) -> None:
    """Tell the organ of its duty once more, with a new link, once a minute at most.

    Raises SupervisionError when the duty is over, or the organ left neither phone nor e-mail address.
    """
    at = at or timezone.now()
    reached = reached_by_link(clock.owner_organ)
    if not reached:
        raise SupervisionError(_("%(organ)s没有登记手机或邮箱，请先登记。") % {"organ": clock.owner_organ})
    if clock.is_stopped:
        raise SupervisionError(_("这项期限已经结束，或者不由承办单位办理，不能生成办理链接。"))
    queue(
        [
            Letter(
                to=reached,
                title=_("办理链接：%(title)s") % {"title": clock.title},
                topic=clock.topic,
                key=f"{clock.topic}:link:{at:%Y%m%d%H%M}",
                duty=clock.topic,
            )
        ],
        at=at,
    )


def page_of(clock: Clock) -> str:
    """The name of the page on which an organ does a duty by link; empty where there is none.

    A case's clock is a station's. Suggestions have duties of the same kinds, which are an office's and need an account.
    """
    page = PAGES.get(clock.duty, "")
    return "" if page == OF_CASES and clock.station_id is None else page


def path_of(clock: Clock, token: str) -> str:
    """The address of a link's page, from the root of the site."""
    return reverse(page_of(clock), args=[token])


def link_to(duty: str, *, at: datetime) -> str:
    """Make a link for a message that is being sent; ``duty`` is a clock's ``topic``. Empty where there is nothing to do."""
    clock = Clock.objects.filter(pk=duty.removeprefix("clock:")).first()
    try:
        return path_of(clock, make_link(clock, at=at)[1]) if clock else ""
    except SupervisionError:
        return ""


def good_links(at: datetime) -> QuerySet[OrganLink]:
    """Links that open something at a moment."""
    return OrganLink.objects.filter(used_at=None, revoked_at=None, expires_at__gt=at)


def open_link(token: str, *, address: str, at: datetime | None = None) -> OrganLink | None:
    """Return the link of a token, or None: forged, expired, used, taken back and tried too often are not told apart.

    ``address`` is the network address that asks. Nothing is changed: programs that look at links before people do open
    them, too.
    """
    within = count_attempt(f"link:from:{address}", limit=OPENINGS[0], window_seconds=OPENINGS[1])
    along = ("clock__owner_organ", "clock__station__region", "clock__region")
    link = good_links(at or timezone.now()).select_related(*along).filter(token_hash=_hash(token)).first()
    return link if within else None


def use(clocks: Iterable[Clock | None], *, at: datetime) -> None:
    """End every link to these duties: what was asked has been done. If it is sent back, a new link goes out."""
    good_links(at).filter(_to(clocks)).update(used_at=at)


def revoke(clocks: Iterable[Clock | None], *, at: datetime | None = None) -> int:
    """Take every good link to these duties back; return how many there were."""
    at = at or timezone.now()
    return good_links(at).filter(_to(clocks)).update(revoked_at=at)


def _to(clocks: Iterable[Clock | None]) -> Q:
    return Q(clock__in=[clock for clock in clocks if clock is not None])


def _hash(token: str) -> str:
    return keyed_hash(f"organ-link|{token}")
