"""Deputies on the desk: who finds whom, the list and its file, a record with its acts."""

import datetime as dt
import html
import io

import pytest
from django.urls import reverse
from PIL import Image

from accounts.models import Role
from deputies import services
from deputies.models import Deputy, Mandate
from tests.factories import StationFactory, a_deputy, a_reception, a_region, a_user, load_years, picture, upload
from tests.ledgers import rows, sheet

pytestmark = pytest.mark.django_db

LIST = reverse("deputies:desk_deputies")
PHONE = "13800000077"


@pytest.fixture(autouse=True)
def today(time_machine):
    """Tuesday, 24 November 2026."""
    time_machine.move_to("2026-11-24T12:00:00+08:00", tick=False)
    return dt.date(2026, 11, 24)


@pytest.fixture
def station():
    return StationFactory()


@pytest.fixture
def deputy(station):
    deputy = a_deputy("郑代表", station=station)
    deputy.phone = PHONE
    deputy.save()
    return deputy


@pytest.fixture
def head(client, station):
    head = a_user(Role.HEAD, station.region)
    client.force_login(head)
    return head


def said(response):
    return html.unescape(response.content.decode())


def record(deputy):
    return reverse("deputies:desk_deputy", args=[deputy.code])


def act(client, deputy, action, **data):
    return client.post(reverse("deputies:deputy_act", args=[deputy.code, action]), data)


# Who finds whom


@pytest.mark.parametrize(
    ("role", "scope", "finds"),
    [
        (Role.OFFICER, None, False),
        (Role.HEAD, "130503101", False),
        (Role.HEAD, "130503100", True),
        (Role.COMMITTEE, "130503", True),
        (Role.VIEWER, "130503", True),
    ],
)
def test_staff_find_the_deputies_of_their_subtree(role, scope, finds, client, deputy):
    client.force_login(a_user(role, a_region(scope) if scope else None))

    assert ("郑代表" in said(client.get(LIST))) is finds
    assert client.get(record(deputy)).status_code == (200 if finds else 404)


def test_an_officer_finds_the_deputies_of_their_station(client, deputy, station):
    client.force_login(a_user(Role.OFFICER, station))

    assert "郑代表" in said(client.get(LIST))
    assert PHONE in said(client.get(record(deputy)))


@pytest.mark.parametrize("role", [Role.DEPUTY, Role.CLERK, Role.LEADER, Role.ADMIN])
def test_the_list_is_no_business_of_others(role, client):
    client.force_login(a_user(role))

    assert client.get(LIST).status_code == 403
    assert client.get(reverse("insights:ledger", args=["deputies", "xlsx"])).status_code == 403


def test_a_viewer_looks_and_changes_nothing(client, deputy):
    client.force_login(a_user(Role.VIEWER, a_region("130503")))

    pages = said(client.get(LIST)) + said(client.get(record(deputy)))

    assert PHONE not in pages
    assert "登记与变更" not in pages
    assert "登记代表" not in pages
    assert PHONE not in str(rows(client, "deputies"))
    assert act(client, deputy, "suspend", target=deputy.mandates.get().pk).status_code == 403
    assert client.get(reverse("deputies:deputy_new")).status_code == 403
    assert client.get(reverse("deputies:deputy_edit", args=[deputy.code])).status_code == 403


def test_no_public_page_tells_a_deputys_telephone(client, deputy, station):
    load_years()
    services.keep_portrait(deputy=deputy, file=upload(picture(size=(300, 300))))
    a_reception(station, deputies=[deputy])

    for page in (
        deputy.get_absolute_url(),
        station.get_absolute_url(),
        reverse("portal:home"),
        reverse("portal:stations"),
        reverse("deputies:receptions"),
        reverse("deputies:deputy_feed", args=[deputy.code]),
        reverse("deputies:station_feed", args=[station.code]),
    ):
        response = client.get(page)
        assert response.status_code == 200
        assert PHONE not in said(response)


# The list


def test_the_list_is_narrowed_by_words_level_station_and_state(client, head, station, today):
    other_station = StationFactory(region=station.region)
    serving = a_deputy("在任甲", station=station)
    suspended = a_deputy("暂停乙", station=station)
    services.suspend_mandate(mandate=suspended.mandates.get())
    ended = a_deputy("终止丙", station=other_station)
    services.end_mandate(mandate=ended.mandates.get(), on=today)
    ungrouped = a_deputy("未编丁", station=station)
    services.leave_station(membership=ungrouped.memberships.get(), on=dt.date(2026, 11, 1))
    serving.mandates.create(
        level=Mandate.Level.CITY, constituency="信都区选举单位", term="第十七届", starts_on=dt.date(2026, 1, 1)
    )

    def found(**filters):
        return {name for name in ("甲", "乙", "丙", "丁") if f"{name}</a>" in said(client.get(LIST, filters))}

    assert found() == {"甲", "乙", "丙", "丁"}
    assert found(q=" 暂停乙 ") == {"乙"}
    assert found(q=ended.code) == {"丙"}
    assert found(q="信都区选举") == {"甲"}
    assert found(level="3") == {"甲"}
    assert found(station=other_station.code) == {"丙"}
    assert found(state="in_office") == {"甲", "丁"}
    assert found(state="suspended") == {"乙"}
    assert found(state="out_of_office") == {"乙", "丙"}
    assert found(state="ungrouped") == {"丁"}
    assert found(state="delete") == found(level="9") == set()


def test_every_deputy_stands_on_exactly_one_leaf(client, head, station):
    for n in range(60):
        a_deputy(f"第{n}位", station=station)

    first = client.get(LIST)
    second = client.get(first.context["older"])

    for n in range(60):
        assert (f">第{n}位<" in said(first)) != (f">第{n}位<" in said(second))
    assert "older" in second.context
    assert second.context["older"] == ""


def many_deputies(station, count):
    """So many deputies with two mandates and a group each, by four queries."""
    deputies = Deputy.objects.bulk_create(
        Deputy(code=f"M-{n:05}", name=f"代表{n}", region=station.region) for n in range(count)
    )
    Mandate.objects.bulk_create(
        Mandate(deputy=deputy, level=level, constituency="第一选区", term="第十届", starts_on=dt.date(2021, 1, 1))
        for deputy in deputies
        for level in (4, 5)
    )
    membership = station.memberships.model
    membership.objects.bulk_create(
        membership(deputy=deputy, station=station, starts_on=dt.date(2021, 1, 1)) for deputy in deputies
    )


def test_list_and_record_take_at_most_ten_queries(client, head, station, django_assert_max_num_queries):
    many_deputies(station, 1500)
    deputy = Deputy.objects.last()
    for n in range(5):
        a_reception(station, days=n + 1, deputies=[deputy])

    for filters in ({}, {"q": "代表1", "level": "5", "station": station.code, "state": "in_office"}):
        with django_assert_max_num_queries(10):
            assert client.get(LIST, filters).status_code == 200
    with django_assert_max_num_queries(10):
        assert client.get(record(deputy)).status_code == 200


def test_the_file_holds_the_deputies_of_the_list_with_their_telephones(client, head, deputy):
    a_deputy("=HYPERLINK(1)", station=StationFactory(region=a_region()))

    found = rows(client, "deputies", q="郑")

    assert len(found) == 2
    assert found[0][-1] == "联系电话"
    assert found[1][:5] == (deputy.code, "郑代表", None, "在任", "乡镇人大代表 第十届（在任）")
    assert found[1][-1] == PHONE
    assert all(cell.data_type != "f" for row in sheet(client, "deputies").iter_rows() for cell in row)


# The record and its acts


def test_a_deputy_is_entered_with_the_first_mandate_and_group(client, head, station):
    typed = {
        "name": "王 代表",
        "gender": "女",
        "phone": "138-0000-0001",
        "level": "5",
        "constituency": "第三选区",
        "term": "第十届",
        "starts_on": "2026-03-26",
        "station": station.pk,
        "group": "第一小组",
    }

    refused = client.post(reverse("deputies:deputy_new"), typed | {"ends_on": "2026-01-01"})
    taken = client.post(reverse("deputies:deputy_new"), typed)

    assert refused.status_code == 422
    assert "结束日期不能早于开始日期" in said(refused)
    assert 'value="第三选区"' in said(refused)
    deputy = Deputy.objects.get()
    assert taken.url == record(deputy)
    assert (deputy.code, deputy.phone, deputy.region) == ("130503100-001", "13800000001", station.region)
    assert deputy.memberships.get().group == "第一小组"

    # when the button is pressed once more
    again = client.post(reverse("deputies:deputy_new"), typed)

    assert "王 代表已登记这一届的代表资格，编号130503100-001" in said(again)
    assert Deputy.objects.count() == 1


def test_an_officer_changes_no_seat_and_imports_nobody(client, deputy, station):
    client.force_login(a_user(Role.OFFICER, station))
    seat = deputy.mandates.get()

    page = said(client.get(reverse("deputies:desk_deputy", args=[deputy.code])))
    ended = client.post(
        reverse("deputies:deputy_act", args=[deputy.code, "end"]), {"target": seat.pk, "on": "2026-11-24"}
    )
    imported = client.get(reverse("deputies:deputy_import"))

    assert "登记请假" in page
    assert "终止代表资格" not in page
    assert ended.status_code == 404
    assert imported.status_code == 403
    seat.refresh_from_db()
    assert (seat.status, seat.ends_on) == (Mandate.Status.NORMAL, None)


def test_an_officer_must_name_the_station(client, station):
    client.force_login(a_user(Role.OFFICER, station))
    typed = {"name": "王代表", "level": "5", "constituency": "一", "term": "十", "starts_on": "2026-03-26"}

    refused = client.post(reverse("deputies:deputy_new"), typed)
    foreign = client.post(reverse("deputies:deputy_new"), typed | {"station": StationFactory().pk})

    assert "请选择联络站" in said(refused)
    assert refused.status_code == foreign.status_code == 422
    assert not Deputy.objects.exists()


def test_facts_are_changed_and_the_code_stays(client, head, deputy):
    page = reverse("deputies:deputy_edit", args=[deputy.code])

    refused = client.post(page, {"name": "", "phone": "138"})
    client.post(page, {"name": "郑新名", "gender": "男", "bio": "小学老师。", "phone": "", "code": "other"})

    assert refused.status_code == 422
    assert "请填写这一项" in said(refused)
    changed = Deputy.objects.get(code=deputy.code)
    assert (changed.name, changed.gender, changed.bio, changed.phone) == ("郑新名", "男", "小学老师。", "")


def test_a_mandate_is_ended_on_the_page_which_says_what_follows(client, head, deputy, station):
    a_reception(station, deputies=[deputy])
    mandate = deputy.mandates.get()
    before = said(client.get(record(deputy)))
    assert "名下未办结的群众意见自动转给联络站接续" in before
    assert "冲突：" not in before

    refused = act(client, deputy, "end", target=mandate.pk, on="2019-01-01")
    taken = act(client, deputy, "end", target=mandate.pk, on="2026-11-24")

    assert refused.status_code == 422
    assert "终止日期早于任职开始" in said(refused)
    assert 'value="2019-01-01"' in said(refused)
    assert taken.url == record(deputy)
    after = said(client.get(record(deputy)))
    assert "冲突：代表资格已" in after
    again = act(client, deputy, "end", target=mandate.pk, on="2026-11-24")
    assert again.status_code == 422
    assert "已经终止" in said(again)


def test_groups_leave_and_mandates_are_kept_on_the_page(client, head, deputy, station):
    membership = deputy.memberships.get()
    other = StationFactory(region=station.region)

    act(client, deputy, "regroup", target=membership.pk, group="第二小组")
    act(client, deputy, "join", station=other.pk, starts_on="2026-11-01")
    twice = act(client, deputy, "join", station=other.pk, starts_on="2026-12-01")
    act(client, deputy, "leave", target=membership.pk, on="2026-11-30")
    act(client, deputy, "absence", starts_on="2026-12-01", ends_on="2026-12-05", why="出差")
    backwards = act(client, deputy, "absence", starts_on="2026-12-05", ends_on="2026-12-01")
    act(client, deputy, "mandate", level="4", constituency="第八选区", term="第三届", starts_on="2026-03-26")

    membership.refresh_from_db()
    assert (membership.group, membership.ends_on) == ("第二小组", dt.date(2026, 11, 30))
    assert "不必重复编组" in said(twice)
    assert "不能早于" in said(backwards)
    absence = deputy.absences.get()
    assert (absence.why, absence.recorded_by) == ("出差", head)
    assert deputy.mandates.count() == 2
    act(client, deputy, "back", target=absence.pk)
    assert not deputy.absences.exists()


def test_only_rows_of_the_users_own_stations_can_be_changed(client, head, deputy):
    far = StationFactory(region=a_region("130502100"))
    membership = deputy.memberships.create(station=far, starts_on=dt.date(2021, 1, 1))
    stranger = a_deputy("外代表", station=far)

    assert act(client, deputy, "leave", target=membership.pk, on="2026-11-30").status_code == 404
    assert act(client, deputy, "end", target=stranger.mandates.get().pk, on="2026-11-24").status_code == 404
    assert act(client, deputy, "end", on="2026-11-24").status_code == 404
    assert act(client, deputy, "end", target="9" * 5000, on="2026-11-24").status_code == 404
    assert act(client, deputy, "delete").status_code == 404
    assert act(client, stranger, "absence", starts_on="2026-12-01", ends_on="2026-12-02").status_code == 404
    assert act(client, deputy, "join", station=far.pk, starts_on="2026-12-01").status_code == 422
    assert far.name not in said(client.get(reverse("deputies:deputy_act", args=[deputy.code, "join"])))


def test_an_account_is_linked_by_head_and_committee_only(client, head, deputy, station):
    free = a_user(Role.DEPUTY, name="郑账号")
    taken = a_user(Role.DEPUTY, name="别人账号")
    a_deputy("李代表", user=taken)

    page = said(client.get(reverse("deputies:deputy_act", args=[deputy.code, "account"])))
    assert "郑账号" in page
    assert "别人账号" not in page
    assert act(client, deputy, "account", user=taken.pk).status_code == 422
    act(client, deputy, "account", user=free.pk)
    deputy.refresh_from_db()
    assert deputy.user == free

    client.force_login(a_user(Role.OFFICER, station))
    assert "解除账号关联" not in said(client.get(record(deputy)))
    assert act(client, deputy, "no-account").status_code == 404
    client.force_login(head)
    act(client, deputy, "no-account")
    deputy.refresh_from_db()
    assert deputy.user is None


def test_a_portrait_is_uploaded_shown_to_everybody_and_removed(client, head, deputy):
    address = reverse("deputies:portrait", args=[deputy.code])
    assert client.get(address).status_code == 404

    refused = act(client, deputy, "portrait", file=upload(b"%PDF"))
    act(client, deputy, "portrait", file=upload(picture(size=(300, 300))))

    assert refused.status_code == 422
    assert "不是可以识别的照片" in said(refused)
    client.logout()
    shown = client.get(address)
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Cache-Control"] == "public, max-age=600"
    assert Image.open(io.BytesIO(b"".join(shown.streaming_content))).size == (300, 300)
    client.force_login(head)
    act(client, deputy, "no-portrait")
    assert client.get(address).status_code == 404
