"""Ladders for a level or a category: which one a clock climbs, and what becomes of it when ladders come and go."""

import pytest
import time_machine

from accounts.models import Role
from supervision import rules, services
from supervision.errors import SupervisionError
from supervision.models import Ladder, RuleChange, Rung
from tests.factories import StationFactory, a_region, a_user

from .conftest import moment


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel("2026-11-12 08:00 +0800", tick=False):
        yield


@pytest.fixture
def default(office):
    return Ladder.objects.get()


@pytest.fixture
def copy_for(office, default):
    """Copy the default ladder, its first rung named as told."""

    def copy(first, **whom):
        whom = {"level": "", "category": ""} | whom
        copy = rules.copy_ladder(ladder=default, by=office.committee, name=f"{first}阶梯", **whom)
        copy.rungs.filter(position=1).update(name=first)
        return copy

    return copy


def first_rung(clock):
    return clock.reminders.order_by("pk").first().name


def test_the_most_particular_ladder_is_climbed(office, answer_clock, copy_for):
    copy_for("乡镇提醒", level="township")
    copy_for("城建提醒", category="城乡建设")
    copy_for("乡镇城建提醒", level="township", category="城乡建设")
    copy_for("村级提醒", level="village")
    village = StationFactory(region=a_region("130503100201"))
    clocks = [answer_clock(category=topic) for topic in ("城乡建设", "教育")]
    clocks += [
        services.start(
            duty="answer", station=village, owner_organ=office.organ, title="题", link="/", category=topic,
            at=moment("2026-11-02 10:00"),
        )
        for topic in ("城乡建设", "教育")
    ]  # fmt: skip

    services.sweep(at=moment("2026-11-12 09:00"))

    assert [first_rung(clock) for clock in clocks] == ["乡镇城建提醒", "乡镇提醒", "城建提醒", "村级提醒"]


def test_a_clock_that_changes_ladders_is_not_told_again_what_it_was_told(office, answer_clock, copy_for):
    clock = answer_clock(category="城乡建设")
    services.sweep(at=moment("2026-11-12 09:00"))

    copy = copy_for("城建提醒", category="城乡建设")
    services.sweep(at=moment("2026-11-12 10:00"))
    services.sweep(at=moment("2026-11-14 09:00"))
    rules.remove_ladder(ladder=copy, by=office.committee)
    services.sweep(at=moment("2026-11-14 10:00"))
    services.sweep(at=moment("2026-11-17 09:00"))

    assert [reminder.name for reminder in clock.reminders.order_by("pk")] == ["提醒", "预警", "催办"]
    copy.refresh_from_db()
    assert not copy.active  # its 预警 was climbed and stays on record


def test_a_ladder_that_nobody_climbed_is_deleted_and_the_default_one_never(office, default, copy_for):
    copy = copy_for("城建提醒", category="城乡建设")

    rules.remove_ladder(ladder=copy, by=office.committee)

    assert Ladder.objects.get() == default
    with pytest.raises(SupervisionError, match="通用阶梯不能删除"):
        rules.remove_ladder(ladder=default, by=office.committee)


def test_what_a_colleague_has_just_removed_is_not_removed_a_second_time(office, default, copy_for):
    copy = copy_for("城建提醒", category="城乡建设")
    seen_by_both = Ladder.objects.get(pk=copy.pk)
    rules.remove_ladder(ladder=copy, by=office.committee)
    with pytest.raises(SupervisionError, match="这一阶梯已经删除"):
        rules.remove_ladder(ladder=seen_by_both, by=office.committee)

    first = default.rungs.first()
    rules.remove_rung(rung=Rung.objects.get(pk=first.pk), by=office.committee)
    with pytest.raises(SupervisionError, match="这一级已经移除"):
        rules.remove_rung(rung=first, by=office.committee)


def test_a_level_and_category_have_one_ladder_only(office, default, copy_for):
    copy_for("城建提醒", category="城乡建设")

    with pytest.raises(SupervisionError, match="已有“城建提醒阶梯”"):
        copy_for("又一个", category="城乡建设")
    with pytest.raises(SupervisionError, match="至少选择"):
        copy_for("再一个")


def test_a_new_rung_stands_where_its_offset_puts_it_and_an_unused_one_can_go(office, answer_clock, default, client):
    clock = answer_clock()
    client.force_login(office.committee)
    facts = {"name": "再提醒", "offset": "-2", "colour": "green", "addressees": ["handler"], "start_severity": "0"}
    page = client.post(f"/desk/ladders/{default.pk}/add/", facts).content.decode()
    assert not Rung.objects.filter(name="再提醒").exists()
    seal = page.split('name="seen" value="')[1][:32]
    client.post(f"/desk/ladders/{default.pk}/add/", {**facts, "seen": seal})

    assert [rung.name for rung in default.rungs.all()][:3] == ["提醒", "再提醒", "预警"]
    services.sweep(at=moment("2026-11-11 23:00"))
    services.sweep(at=moment("2026-11-13 09:00"))
    assert [reminder.name for reminder in clock.reminders.order_by("pk")][-1] == "再提醒"

    client.post(f"/desk/ladder/{Rung.objects.get(name='再提醒').pk}/remove/")
    client.post(f"/desk/ladder/{Rung.objects.get(name='升级督办').pk}/remove/")
    assert not Rung.objects.get(name="再提醒").active
    assert not Rung.objects.filter(name="升级督办").exists()
    assert RuleChange.objects.count() == 3


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"offset": "-1"}, "与“预警”同一时间"),
        ({"offset": "9"}, "“通报”会重复"),
        ({"repeat_every": "5"}, "只有最后一级"),
    ],
)
def test_a_new_rung_that_makes_no_sense_is_refused_in_a_sentence(office, default, client, fault, sentence):
    client.force_login(office.committee)
    facts = {"name": "再提醒", "offset": "-2", "colour": "green", "addressees": ["handler"], "start_severity": "0"}

    assert sentence in client.post(f"/desk/ladders/{default.pk}/add/", facts | fault).content.decode()


def test_the_last_rung_of_a_ladder_stays(office, default):
    *others, last = default.rungs.all()
    for rung in others:
        rules.remove_rung(rung=rung, by=office.committee)

    with pytest.raises(SupervisionError, match="至少要有一级"):
        rules.remove_rung(rung=last, by=office.committee)


def test_only_the_committee_and_administrators_change_ladders(office, default, client):
    client.force_login(a_user(Role.HEAD))

    for page in (f"/desk/ladders/{default.pk}/add/", f"/desk/ladders/{default.pk}/remove/"):
        assert client.post(page).status_code == 403
    assert client.get(f"/desk/ladders/{default.pk}/").status_code == 200
