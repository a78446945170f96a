"""What could tell who somebody is is found and covered before a summary is public."""

import json
import string
from itertools import pairwise
from pathlib import Path

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from petitions.errors import ActionError
from petitions.masking import DOUBLE_SURNAMES, SURNAMES, counted, find, mask
from petitions.models import Petition, Status
from tests.petitions.test_public_submitting import said

DATA = Path(__file__).parents[2] / "portal" / "data"
TO_FULL_WIDTH = {ord(sign): ord(sign) + 0xFEE0 for sign in string.digits + string.ascii_letters}
# Words around what is planted, which hold nothing themselves.
AROUND = st.sampled_from(["", "反映", "请联系", "，谢谢", "。路灯坏了", "\n", "共三盏"])


def id_number(region, year, month, day, order):
    digits = f"{region}{year}{month:02d}{day:02d}{order:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]


def card_number(head):
    for last in string.digits:
        digits = [int(digit) for digit in (head + last)[::-1]]
        if sum(digits[0::2] + [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]) % 10 == 0:
            return head + last
    raise AssertionError


DIGITS = st.text(string.digits, min_size=9, max_size=9)
MOBILES = st.builds("1{}{}".format, st.sampled_from("3456789"), DIGITS)
IDS = st.builds(
    id_number,
    st.integers(110000, 659999),
    st.integers(1930, 2020),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(0, 999),
)
CARDS = st.builds(card_number, st.text(string.digits, min_size=13, max_size=13).map("62".__add__))
PLATES = st.builds(
    "{}{}{}".format,
    st.sampled_from("冀京津豫鲁"),
    st.sampled_from("ABCDEFGH"),
    st.from_regex(r"[A-HJ-NP-Z][0-9]{4}", fullmatch=True),
)
MAILS = st.from_regex(r"[a-z][a-z0-9_.]{2,10}@[a-z]{2,8}\.(com|cn|invalid)", fullmatch=True)
NAMES = st.builds(
    "姓名：{}{}，".format,
    st.sampled_from([*SURNAMES, *DOUBLE_SURNAMES.split("|")]),
    st.sampled_from(["庆余", "桂芝", "强"]),
)
ADDRESSES = st.builds(
    "{}{}号".format, st.sampled_from(["振兴路", "东街", "幸福小区", "南大郭村"]), st.integers(1, 9999)
)


@st.composite
def written(draw, secrets):
    """A secret as people write it: plain, in full width, or with its digits set apart."""
    secret = draw(secrets)
    way = draw(st.sampled_from(["plain", "full", "spaced", "dashed"]))
    if way == "full":
        return secret.translate(TO_FULL_WIDTH)
    if way == "plain":
        return secret
    mark = " " if way == "spaced" else "-"
    return mark.join(secret[place : place + 4] for place in range(0, len(secret), 4))


@given(AROUND, written(st.one_of(MOBILES, IDS, CARDS)), AROUND)
def test_numbers_are_covered_however_they_are_written(before, secret, after):
    covered = mask(before + secret + after)

    assert secret not in covered
    assert not any(sign.isdigit() for sign in covered)
    assert covered.startswith(before)
    assert covered.endswith(after)


@given(AROUND, st.one_of(PLATES, MAILS, ADDRESSES), AROUND)
def test_plates_mails_and_house_numbers_are_covered(before, secret, after):
    covered = mask(f"{before}{secret} {after}")

    assert secret not in covered
    assert not any(sign.isdigit() for sign in covered)


@given(AROUND, NAMES, AROUND)
def test_a_name_after_its_cue_keeps_its_surname_only(before, secret, after):
    covered = mask(before + secret + after)

    assert secret not in covered
    assert "某某，" in covered


@given(st.text(), st.lists(st.one_of(MOBILES, IDS, PLATES, MAILS, NAMES, ADDRESSES), max_size=3), st.text())
def test_what_is_covered_needs_no_covering_and_nothing_else_is_touched(before, secrets, after):
    text = f"{before} {'，'.join(secrets)} {after}"

    once = mask(text)
    findings = find(text)

    assert mask(once) == once
    assert all(one.end <= other.start for one, other in pairwise(findings))
    starts, ends = [finding.start for finding in findings], [finding.end for finding in findings]
    untouched = [text[left:right] for left, right in zip([0, *ends], [*starts, len(text)], strict=True)]
    assert all(part in once for part in untouched)


@pytest.mark.parametrize(
    "plain",
    [
        "2026年11月24日10:30，路灯于11月5日修好，投资12000元，惠及1500人。",
        "编号XD-20261124-00042的意见已办结，拨打12345或110。",
        "乘坐3号线、12路公交，按国办函〔2026〕12号办理。",
        "县水务局、镇人民政府已现场核实，张某、王先生表示满意。",
        "我是高中学生，业主代表和村民代表都在场，联系人为站长。",
        "合同编号1234567890123456789012，面积1088.5平方米。",
    ],
)
def test_dates_sums_offices_and_case_numbers_are_left_alone(plain):
    assert find(plain) == []


def test_a_mistyped_id_number_is_found_by_its_day_of_birth():
    right = id_number(130503, 1962, 3, 7, 12)
    wrong = right[:-1] + ("1" if right[-1] != "1" else "2")

    assert counted([right]) == counted([wrong]) == "证件号1处"


def test_a_house_is_covered_to_its_room_and_the_street_stays():
    assert mask("住在振兴路12号3单元501室的老人") == "住在振兴路［门牌］的老人"


def test_the_offices_own_summaries_of_the_demo_hold_nothing_to_cover():
    rows = json.loads((DATA / "petitions.json").read_text())
    text = json.dumps(rows, ensure_ascii=False)
    summaries = [part.split('"')[0] for part in text.split('"summary": "')[1:]]

    assert len(summaries) > 5
    assert counted(summaries) == ""


def publish(client, story, **typed):
    facts = {"public_title": "路灯修复", "summary": "修好了，谢谢村民孟庆余，电话１３９ ００００ ００４２。"} | typed
    return client.post(reverse("petitions:act", args=[story.petition.number, "publish"]), facts)


@pytest.fixture
def finished(brought_to, client):
    story = brought_to(Status.CLOSED, consent_publish=True)
    client.force_login(story.office.officer)
    return story


def test_what_was_found_is_shown_with_its_covering_and_nothing_typed_is_lost(finished, client):
    response = publish(client, finished)
    page = said(response)

    assert response.status_code == 422
    assert "找到：姓名1处、电话1处。" in page
    assert "孟某某，电话［电话］。" in page
    assert "１３９ ００００ ００４２" in page
    assert not Petition.objects.published().exists()


def test_the_officer_takes_the_covered_words(finished, client):
    assert publish(client, finished, found="mask").status_code == 302

    assert Petition.objects.published().get().summary == "修好了，谢谢村民孟某某，电话［电话］。"


def test_what_is_published_as_it_stands_is_on_record(finished, client):
    assert publish(client, finished, found="keep").status_code == 302

    assert "孟庆余" in Petition.objects.published().get().summary
    assert finished.petition.events.get(action="publish").text == "经办人核对后保留：姓名1处、电话1处"


def test_without_findings_nothing_is_asked(finished, client):
    assert publish(client, finished, summary="村口路灯已修复。").status_code == 302


def test_no_other_way_publishes_what_nobody_confirmed(finished):
    with pytest.raises(ActionError, match="电话1处"):
        finished.take("publish", summary="请打13900000042")
