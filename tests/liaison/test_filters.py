"""A filter that cannot be read is told beside its field, on every list and by every ledger; nothing is shown as if it were all."""

import html
import re

import pytest
from django.urls import reverse

from accounts.models import Role
from deputies.models import Plan
from insights.ledgers import LEDGERS
from tests.factories import StationFactory, a_region, a_user, load_years
from workdays.rhythm import Rhythm

pytestmark = pytest.mark.django_db
WRONG = {"select": "没有这一项", "date": "2026-99-99", "number": "x"}
LISTS = {
    "petitions:list": Role.HEAD,
    "petitions:suggestions": Role.DEPUTY,
    "petitions:search": Role.HEAD,
    "papers:papers": Role.HEAD,
    "programmes:items": Role.HEAD,
    "programmes:meetings": Role.HEAD,
    "programmes:activities": Role.HEAD,
    "deputies:desk_deputies": Role.HEAD,
    "deputies:desk_receptions": Role.HEAD,
    "insights:stations": Role.HEAD,
    "insights:quarter": Role.HEAD,
    "insights:duty_records": Role.HEAD,
    "insights:dashboard": Role.HEAD,
    "insights:public_statistics": Role.HEAD,
    "portal:people": Role.HEAD,
    "portal:privacy_looks": Role.PRIVACY,
    "portal:privacy_exports": Role.PRIVACY,
    "portal:privacy_erasures": Role.PRIVACY,
}
TABS = {
    "insights:ledgers": "period",
    "insights:dashboard": "by",
    "insights:holders": "kind",
    "programmes:programmes": "kind",
    "portal:rule_changes": "subject",
}
# Filters that an address has and the form does not show.
BEHIND = {
    "programmes:items": {"owner": "organ-x"},
    "deputies:desk_receptions": {"plan": "x"},
    "petitions:list": {"holder": "zz", "period": "abc"},
    "petitions:suggestions": {"todo": "没有这一项"},
}


@pytest.fixture(autouse=True)
def calendar():
    load_years()


@pytest.fixture
def at(client):
    """Sign somebody with a role in; two stations, so that there is something to choose."""

    def sign_in(role):
        place = a_region("130503100")
        StationFactory(region=place)
        StationFactory(region=place)
        client.force_login(a_user(role) if role in (Role.PRIVACY, Role.DEPUTY) else a_user(role, place))
        return client

    return sign_in


def wrong_filters(page):
    """For each field of the page's filters that can be misread, by name, a value that cannot be read."""
    form = re.search(r'<form [^>]*method="get".*?</form>', page.content.decode(), re.DOTALL)[0]
    found = {}
    for tag in re.findall(r"<(?:select|input)[^>]*>", form):
        kind = "select" if tag.startswith("<select") else re.search(r'type="(\w+)"', tag)[1]
        if kind in WRONG:
            found[re.search(r'name="(\w+)"', tag)[1]] = WRONG[kind]
    return found


def beside(page, name):
    """What stands at a field; nothing where it lies folded away."""
    text = page.content.decode()
    field = re.search(rf'<div id="div_id_{name}".*?(?=<div id="div_id_|</form>)', text, re.DOTALL)
    return html.unescape(field[0]) if field and not is_folded(text[: field.start()]) else ""


def is_folded(before):
    """Whether what comes next lies in a ``<details>`` that is closed."""
    around = []
    for tag in re.findall(r"<details[^>]*>|</details>", before):
        if tag == "</details>":
            around.pop()
        else:
            around.append(tag)
    return any(not re.search(r"\sopen\b", tag) for tag in around)


@pytest.mark.parametrize(("name", "role"), LISTS.items())
def test_what_a_list_cannot_read_is_told_beside_the_field(at, name, role):
    client, address = at(role), reverse(name)
    wrong = wrong_filters(client.get(address)) | BEHIND.get(name, {})

    assert wrong
    for field, value in wrong.items():
        page = client.get(address, {field: value})
        assert page.status_code == 422, field
        assert re.search("没有这一项|请填写日期|请填写年份|请按", beside(page, field)), field
        text = page.content.decode()
        assert "<title>有错误：" in text, field
        assert re.search(r'<p class="empty-title">([^<]*)', text)[1] == "条件有误，请改正标出的一项。", field
        assert not re.search("导出台账|共 <strong>|数一数", text), field


@pytest.mark.parametrize("name", [name for name in LISTS if name in {ledger.page for ledger in LEDGERS}])
def test_what_a_list_cannot_read_is_not_exported_as_if_it_were_all(at, name):
    client = at(LISTS[name])
    wrong = wrong_filters(client.get(reverse(name))) | BEHIND.get(name, {})
    # Its own rows are always of one kind; nobody chooses it.
    keys = [
        ledger.key for ledger in LEDGERS if ledger.page == name and ledger.key not in ("supervision", "duty-record")
    ]

    assert wrong
    for key in keys:
        for field, value in wrong.items():
            page = client.get(reverse("insights:ledger", args=[key, "csv"]), {field: value})
            assert page.status_code == 422, (key, field)
            assert re.search("没有这一项|请填写日期|请填写年份|请按", page.content.decode()), (key, field)


def test_what_was_typed_beside_a_filter_that_cannot_be_read_is_kept(at):
    page = at(Role.HEAD).get(reverse("papers:papers"), {"q": "路灯", "year": "x", "kind": "minutes"})

    assert page.status_code == 422
    assert 'value="路灯"' in page.content.decode()
    assert 'value="minutes" selected' in page.content.decode()


@pytest.mark.parametrize("field", ["organ", "region", "station"])
def test_a_field_with_nothing_to_choose_is_shown_where_it_cannot_be_read(at, field):
    page = at(Role.DEPUTY).get(reverse("petitions:list"), {field: "99"})

    assert page.status_code == 422
    assert "没有这一项" in beside(page, field)


def test_days_that_end_before_they_begin_are_told(at):
    page = at(Role.PRIVACY).get(reverse("portal:privacy_looks"), {"since": "2026-11-03", "until": "2026-11-01"})

    assert (page.status_code, "结束日期早于开始日期" in beside(page, "until")) == (422, True)


def test_a_plan_of_another_place_is_no_filter(at):
    client = at(Role.HEAD)
    far, hours = StationFactory(region=a_region("130502100")), {"starts": "09:00", "ends": "11:00"}
    days = {"starts_on": "2026-11-01", "ends_on": "2026-12-31", "rhythm": Rhythm.WEEKDAY, "days": [2]}
    plan = Plan.objects.create(station=far, made_by=a_user(Role.OFFICER, far), **days, **hours)

    assert client.get(reverse("deputies:desk_receptions"), {"plan": plan.pk}).status_code == 422


@pytest.mark.parametrize(("name", "tab"), TABS.items())
def test_a_tab_that_no_link_leads_to_does_not_exist(at, name, tab):
    client, address = at(Role.HEAD), reverse(name)

    assert [client.get(address, {tab: asked}).status_code for asked in ("", "zz")] == [200, 404]


@pytest.mark.parametrize("role", [Role.DEPUTY, Role.PRIVACY])
def test_a_period_for_which_there_is_no_form_is_not_judged(at, role):
    page = at(role).get(reverse("insights:dashboard"), {"period": "zz"})

    assert page.status_code == 200
    assert 'name="period"' not in page.content.decode()


def test_a_dashboard_has_no_figures_of_a_period_that_it_cannot_read(at):
    page = at(Role.HEAD).get(reverse("insights:dashboard"), {"period": "zz", "by": "time"})

    assert {"told", "lines", "time"}.isdisjoint(page.context.keys())
