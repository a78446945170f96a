"""Checklists and self-inspections: whole or not at all, and findings stay open until they are put right."""

import datetime as dt
import html

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from stations import services
from stations.errors import StationError
from stations.models import Checklist, Finding, Inspection, Station
from tests.factories import StationFactory, a_region, a_user, grant

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def station():
    return StationFactory()


@pytest.fixture
def checklist():
    return Checklist.objects.get(name="代表联络站检查清单（示例）")


@pytest.fixture
def officer(station, client):
    user = a_user(Role.OFFICER, station, name="周联络")
    client.force_login(user)
    return user


def said(response):
    return html.unescape(response.content.decode())


def answers(checklist, *, unmet=()):
    """What the form sends: everything met but the items at the places in ``unmet``."""
    sent = {"on": timezone.localdate().isoformat(), "remarks": "两名代表一起看"}
    for item in checklist.items.all():
        met = item.position not in unmet
        sent[f"met_{item.pk}"] = "yes" if met else "no"
        if not met:
            sent |= {f"text_{item.pk}": "门口的牌子旧了", f"fix_by_{item.pk}": "2026-12-20"}
    return sent


def an_inspection(station, checklist, *, on=TODAY, unmet=(5,), fix_by=dt.date(2026, 12, 20)):
    found = [
        {
            "asked": item.text,
            "met": item.position not in unmet,
            "text": "没有贴" if item.position in unmet else "",
            "fix_by": fix_by if item.position in unmet else None,
        }
        for item in checklist.items.all()
    ]
    return services.record_inspection(
        station=station, checklist=checklist, on=on, answers=found, remarks="", by_name="周联络"
    )


def test_the_shipped_example_marks_as_a_standard_only_what_one_place_prescribes(checklist):
    standards = list(checklist.items.filter(source="某地标准（示例）").values_list("text", flat=True))

    assert standards == [
        "站点面积不少于100平方米",
        "每周开展一次代表接待",
        "每名代表每年至少进站一次",
        "每季度开展一次活动",
    ]
    assert set(checklist.items.exclude(text__in=standards).values_list("source", flat=True)) == {"默认"}
    assert "示例" in checklist.source


def test_an_officer_inspects_the_station_and_the_finding_waits_to_be_put_right(station, checklist, officer, client):
    page = reverse("stations:inspect", args=[station.code, checklist.pk])
    assert "站点面积不少于100平方米" in said(client.get(page))

    answer = client.post(page, answers(checklist, unmet=(5,)))

    inspection = Inspection.objects.get()
    assert answer.headers["Location"] == inspection.get_absolute_url()
    assert inspection.by_name == "周联络"
    assert [finding.asked for finding in Finding.objects.open()] == ["规章制度上墙"]
    shown = said(client.get(reverse("stations:desk_station", args=[station.code])))
    assert "待整改 1 项" in shown
    assert "门口的牌子旧了" in shown
    assert "10 项中 1 项未达到" in shown


def test_a_slip_in_the_year_of_an_inspection_is_asked_about(station, checklist, officer, client):
    sent = answers(checklist) | {"on": "0206-11-24"}

    answer = client.post(reverse("stations:inspect", args=[station.code, checklist.pk]), sent)

    assert "自查日期请填一年以内的" in said(answer)
    assert Inspection.objects.count() == 0


def test_nothing_half_done_is_stored_and_nothing_typed_is_lost(station, checklist, officer, client):
    sent = answers(checklist, unmet=(5,))
    fifth, last = checklist.items.get(position=5), checklist.items.last()
    sent[f"text_{fifth.pk}"] = ""
    del sent[f"met_{last.pk}"]

    answer = client.post(reverse("stations:inspect", args=[station.code, checklist.pk]), sent)

    assert answer.status_code == 422
    assert "请写明“规章制度上墙”差在哪里。" in said(answer)
    assert "请选择达到或未达到。" in said(answer)
    assert "两名代表一起看" in said(answer)
    assert Inspection.objects.count() == 0


def test_what_is_not_met_needs_a_date_behind_the_inspection(station, checklist, officer, client):
    fifth = checklist.items.get(position=5)
    sent = answers(checklist, unmet=(5,)) | {f"fix_by_{fifth.pk}": "2020-01-01"}

    answer = client.post(reverse("stations:inspect", args=[station.code, checklist.pk]), sent)

    assert "整改期限不能早于自查日期。" in said(answer)

    answer = client.post(
        reverse("stations:inspect", args=[station.code, checklist.pk]), sent | {f"fix_by_{fifth.pk}": "9999-12-31"}
    )

    assert "整改期限请填三年以内的" in said(answer)
    assert Inspection.objects.count() == 0


def test_an_inspection_sent_twice_is_recorded_once_and_the_second_hears_of_the_first(
    station, checklist, officer, client
):
    page = reverse("stations:inspect", args=[station.code, checklist.pk])
    client.post(page, answers(checklist))

    answer = client.post(page, answers(checklist))

    assert answer.status_code == 422
    assert "周联络已登记过这一天按这份清单的自查。" in said(answer)
    assert Inspection.objects.count() == 1


def test_a_finding_is_put_right_with_a_date_and_a_sentence(station, checklist, officer, client):
    inspection = an_inspection(station, checklist, on=timezone.localdate() - dt.timedelta(days=7))
    finding = Finding.objects.open().get()

    answer = client.post(
        reverse("stations:fix", args=[finding.pk]),
        {f"fix{finding.pk}-on": timezone.localdate().isoformat(), f"fix{finding.pk}-note": "已重新张贴"},
        follow=True,
    )

    assert "已登记整改。" in said(answer)
    assert "已重新张贴" in said(answer)
    assert not Finding.objects.open().exists()
    assert services.counted(Inspection.objects.filter(pk=inspection.pk)).get().still_open == 0


def test_a_repair_without_words_is_asked_for_again_beside_its_finding(station, checklist, officer, client):
    an_inspection(station, checklist, on=timezone.localdate())
    finding = Finding.objects.open().get()

    answer = client.post(
        reverse("stations:fix", args=[finding.pk]),
        {f"fix{finding.pk}-on": timezone.localdate().isoformat(), f"fix{finding.pk}-note": ""},
    )

    assert answer.status_code == 422
    assert "请写一句怎样整改的。" in said(answer)
    assert Finding.objects.open().exists()


def test_who_comes_second_reads_who_put_it_right_and_when(station, checklist):
    an_inspection(station, checklist)
    finding = Finding.objects.open().get()
    services.put_right(finding=finding, on=TODAY, note="已贴", by_name="周联络")

    with pytest.raises(StationError, match="周联络已登记这一项于2026年11月24日整改完成。"):
        services.put_right(finding=finding, on=TODAY, note="已贴", by_name="吴站长")


@pytest.mark.parametrize(
    ("position", "day", "sentence"),
    [(1, TODAY, "这一项自查时已经达到"), (5, dt.date(2026, 11, 23), "整改日期不能早于自查日期2026年11月24日")],
)
def test_only_what_was_not_met_is_put_right_and_not_before_it_was_found(station, checklist, position, day, sentence):
    inspection = an_inspection(station, checklist)

    with pytest.raises(StationError, match=sentence):
        services.put_right(finding=inspection.findings.get(position=position), on=day, note="已贴", by_name="周联络")


def test_an_overdue_finding_says_so_in_words(station, checklist, officer, client):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    an_inspection(station, checklist, on=yesterday - dt.timedelta(days=9), fix_by=yesterday)

    assert "整改，已过期" in said(client.get(reverse("stations:desk_station", args=[station.code])))


def test_the_committee_changes_a_checklist_and_old_inspections_keep_their_words(station, checklist, client):
    inspection = an_inspection(station, checklist)
    client.force_login(a_user(Role.COMMITTEE, a_region("130503")))

    answer = client.post(
        reverse("stations:checklist", args=[checklist.pk]),
        {
            "name": "信都区联络站检查清单",
            "tier": "zhan",
            "source": "信人常〔2026〕7号",
            "active": "on",
            "items-TOTAL_FORMS": "3",
            "items-INITIAL_FORMS": "2",
            "items-0-text": "站点面积不少于60平方米",
            "items-0-help": "",
            "items-0-source": "信人常〔2026〕7号",
            "items-1-text": "每周开展一次代表接待",
            "items-1-source": "默认",
            "items-1-DELETE": "on",
            "items-2-text": "备有饮水",
            "items-2-source": "默认",
        },
    )

    assert answer.status_code == 302
    checklist.refresh_from_db()
    assert checklist.name == "信都区联络站检查清单"
    assert [item.text for item in checklist.items.all()] == ["站点面积不少于60平方米", "备有饮水"]
    assert inspection.findings.first().asked == "站点面积不少于100平方米"


def test_a_checklist_without_items_is_not_saved(client):
    client.force_login(a_user(Role.COMMITTEE))

    answer = client.post(
        reverse("stations:checklist_new"),
        {"name": "空", "source": "默认", "items-TOTAL_FORMS": "1", "items-INITIAL_FORMS": "0", "items-0-text": ""},
    )

    assert answer.status_code == 422
    assert "请至少写一项。" in said(answer)
    assert Checklist.objects.count() == 1


def test_a_list_for_another_tier_is_not_offered_at_this_station(station, checklist, officer, client):
    Checklist.objects.filter(pk=checklist.pk).update(tier=Station.Tier.JIA)

    assert client.get(reverse("stations:inspect", args=[station.code, checklist.pk])).status_code == 404
    assert "还没有适用于本站的检查清单" in said(client.get(reverse("stations:desk_station", args=[station.code])))


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        (Role.OFFICER, 200, 403),
        (Role.HEAD, 200, 403),
        (Role.COMMITTEE, 200, 200),
        (Role.VIEWER, 200, 403),
        (Role.CLERK, 403, 403),
        (Role.DEPUTY, 403, 403),
        (Role.ADMIN, 403, 403),
    ],
)
def test_the_house_reads_checklists_and_the_committee_alone_changes_them(client, checklist, role, reads, writes):
    client.force_login(a_user(role))

    assert client.get(reverse("stations:checklists")).status_code == reads
    assert client.get(reverse("stations:checklist", args=[checklist.pk])).status_code == writes


def test_an_inspection_of_another_place_is_not_found(station, checklist, client):
    inspection = an_inspection(station, checklist)
    stranger = a_user(Role.OFFICER)
    grant(stranger, Role.HEAD, a_region("130502100"))
    client.force_login(stranger)
    finding = Finding.objects.open().get()

    assert client.get(inspection.get_absolute_url()).status_code == 404
    assert client.post(reverse("stations:fix", args=[finding.pk])).status_code == 404
    assert client.get(reverse("stations:inspect", args=[station.code, checklist.pk])).status_code == 404
