"""The page on which minutes and items of an activity are entered, where something is missing or too far off."""

import html

import pytest
import time_machine
from django.urls import reverse

from programmes.models import Activity, Item
from programmes.services import activities
from tests.programmes.office import an_activity, an_office, invited, moment

pytestmark = pytest.mark.django_db
ROW = {"items-0-kind": "promise", "items-0-title": "换管道", "items-0-severity": "0", "items-0-due_on": "2026-12-10"}
FORMS = {"items-TOTAL_FORMS": "2", "items-INITIAL_FORMS": "0", "minutes": "看了两处。"}
EMPTY = {"items-0-kind": "finding", "items-0-severity": "0"}
BLANK = {"items-1-kind": "finding", "items-1-severity": "0"}


@pytest.fixture
def held(db, client):
    """An activity that is over, everybody's coming on record, opened by its officer."""
    office = an_office(deputies=1)
    activity = an_activity(office)
    with time_machine.travel("2026-11-18T12:00:00+08:00", tick=False):
        marks = {invited(activity, who).pk: ("came", "") for who in (*office.deputies, office.organ)}
        activities.record_attendance(activity=activity, marks=marks, guests_came=set(), actor=office.officer)
        client.force_login(office.officer)
        yield activity


def sent(client, page, activity, facts):
    response = client.post(reverse(f"programmes:{page}", args=[activity.pk]), facts)
    return response.status_code, html.unescape(response.content.decode())


def test_what_is_missing_in_an_item_is_said_above_the_form_with_a_link_to_it(client, held):
    status, page = sent(client, "activity_minutes", held, FORMS | ROW | BLANK | {"minutes": ""})

    assert status == 422
    summary = page[page.index("error-summary") : page.index("</div>", page.index("error-summary"))]
    assert '<a href="#id_minutes">活动纪要：' in summary
    assert '<a href="#id_items-0-owner">第 1 项　由谁办：请选择由谁办。</a>' in summary
    assert "第 2 项" not in summary
    assert page.count("error-summary") == 1
    assert "<title>有错误：" in page


def test_asking_for_more_rows_is_no_error(client, held):
    _status, page = sent(client, "activity_minutes", held, FORMS | ROW | {"more": "1", "minutes": ""})

    assert 'name="items-4-title"' in page
    assert "有错误" not in page
    assert "error-summary" not in page


def test_sending_no_item_is_refused_and_not_called_done(client, held):
    sent(client, "activity_minutes", held, FORMS | EMPTY | BLANK)
    held.refresh_from_db()
    assert held.state == Activity.State.CLOSED

    status, page = sent(client, "activity_items", held, FORMS | EMPTY | BLANK)

    assert (status, Item.objects.count()) == (422, 0)
    assert "请至少填写一项" in page
    assert "已办" not in page.replace("已办：形成纪要", "")


def test_an_activity_years_ahead_is_a_slip_of_the_pen(client, db):
    office = an_office(deputies=0)
    client.force_login(office.officer)
    plan = {"organiser": f"station:{office.station.pk}", "kind": "inspection", "title": "视察", "place": "换热站"}
    plan |= {"starts_at": "9999-12-31T20:00", "ends_at": "9999-12-31T21:00", "guest_limit": "0"}

    with time_machine.travel(moment("2026-11-02 10:00"), tick=False):
        page = client.post(reverse("programmes:activity_new"), plan)
        kindless = client.post(reverse("programmes:activity_new"), plan | {"kind": ""})

    assert (page.status_code, Activity.objects.count()) == (422, 0)
    assert "开始时间：最晚2028年11月2日，请核对日期。" in html.unescape(page.content.decode())
    assert "类别：请选择一项。" in html.unescape(kindless.content.decode())
