"""Activities on a phone, in a real browser: the office's pages and the residents'."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from deputies.models import Deputy
from programmes.models import Activity
from programmes.services import activities
from tests.conftest import PHONE
from tests.factories import PASSWORD, OrganFactory, StationFactory, a_deputy, a_user, load_years


@pytest.mark.django_db(transaction=True)
def test_the_pages_of_activities_are_usable_by_everybody_on_a_phone(open_page, axe):
    page = open_page(PHONE)
    load_years(2026)
    station, officer, begun = _held_activity()
    coming = _planned(station, officer, "宣讲代表法", dt.timedelta(days=9))
    activities.announce(activity=coming, actor=officer)
    page.goto("/accounts/login/")
    page.fill("[name=username]", officer.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")

    desk = ["activity", "activity_invite"]
    addresses = [reverse("programmes:activities"), reverse("programmes:activity_new")]
    addresses += [reverse(f"programmes:{name}", args=[coming.pk]) for name in desk]
    addresses += [reverse(f"programmes:activity_{name}", args=[begun.pk]) for name in ("attendance", "minutes")]
    addresses += [reverse("programmes:public_activities"), coming.public_url, reverse("programmes:sign_up_find")]
    for address in addresses:
        page.goto(address)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], address


def _held_activity():
    """A station's activity that has begun, with a deputy and an organ invited."""
    station = StationFactory(name="南大郭镇人大代表之家")
    officer = a_user(Role.OFFICER, station)
    a_deputy("郑代表", station=station)
    activity = _planned(station, officer, "视察供热管网改造", dt.timedelta(hours=1))
    everybody = {"deputies": list(Deputy.objects.all()), "organs": [OrganFactory()]}
    activities.invite(activity=activity, actor=officer, **everybody)
    activities.announce(activity=activity, actor=officer)
    Activity.objects.filter(pk=activity.pk).update(starts_at=timezone.now() - dt.timedelta(minutes=5))
    return station, officer, activity


def _planned(station, officer, title, ahead):
    begins = timezone.now() + ahead
    return activities.plan_activity(
        activity=Activity(
            kind=Activity.Kind.INSPECTION,
            station=station,
            title=title,
            starts_at=begins,
            ends_at=begins + dt.timedelta(hours=2),
            place="振兴路换热站",
            plan="看一看，谈一谈",
            guest_limit=20,
        ),
        actor=officer,
    )
