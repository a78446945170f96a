"""The office's own lists: topics and reasons for refusing, and that they are used everywhere."""

import pytest

from accounts.models import Role
from petitions.errors import ActionError
from petitions.models import Category, RefusalReason
from petitions.services import rules
from supervision.models import Ladder, RuleChange
from tests.factories import a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee():
    return a_user(Role.COMMITTEE)


@pytest.fixture
def topics(committee):
    top = rules.add_category(by=committee, name="城乡建设")
    return top, rules.add_category(by=committee, name="路灯", parent=top)


def test_a_renamed_topic_takes_what_lies_below_it_and_its_ladder_along(committee, topics):
    top, below = topics
    ladder = Ladder.objects.create(name="城建阶梯", category="城乡建设")

    rules.rename_category(category=top, by=committee, name="住建")

    below.refresh_from_db()
    ladder.refresh_from_db()
    assert (below.path, ladder.category) == ("住建/路灯", "住建")
    assert RuleChange.objects.first().what == "类别“城乡建设”改名为“住建”"


def test_two_topics_beside_each_other_have_two_names(committee, topics):
    other = rules.add_category(by=committee, name="教育")

    with pytest.raises(ActionError, match="已有类别“城乡建设”"):
        rules.rename_category(category=other, by=committee, name="城乡建设")
    with pytest.raises(ActionError, match="已有类别“城乡建设 › 路灯”"):
        rules.add_category(by=committee, name="路灯", parent=topics[0])


def test_a_topic_out_of_use_is_offered_no_more_nor_is_what_lies_below_it(committee, topics, client):
    client.force_login(committee)

    client.post(f"/desk/categories/{topics[0].pk}/use/")
    assert not Category.objects.in_use().exists()
    client.post(f"/desk/categories/{topics[0].pk}/use/", {"active": "yes"})

    assert Category.objects.in_use().count() == 2


def test_a_reason_is_added_changed_and_put_out_of_use_on_its_pages(committee, client):
    client.force_login(committee)
    facts = {"code": "advert", "label": "广告", "sentence": "广告不予受理。", "right_channel": "", "active": "on"}

    client.post("/desk/refusal-reasons/new/", facts)
    twice = client.post("/desk/refusal-reasons/new/", facts).content.decode()
    client.post("/desk/refusal-reasons/advert/", {"label": "商业广告", "sentence": "", "right_channel": ""})

    assert "代码“advert”已经用过" in twice
    reason = RefusalReason.objects.get(code="advert")
    assert (reason.label, reason.active) == ("商业广告", False)
    assert not RefusalReason.objects.offered().filter(code="advert").exists()
    assert "商业广告" in client.get("/desk/refusal-reasons/").content.decode()
    assert RuleChange.objects.filter(subject="reason").count() == 2


def test_the_systems_own_reason_is_not_offered_and_stays_in_use(committee, client):
    client.force_login(committee)

    page = client.post("/desk/refusal-reasons/no_answer/", {"label": "逾期", "sentence": "逾期。"}).content.decode()

    assert "不能停用" in page
    assert not RefusalReason.objects.offered().filter(code="no_answer").exists()
    assert RefusalReason.objects.get(code="no_answer").active


def test_everybody_with_a_role_reads_the_lists_and_only_the_committee_changes_them(
    client, topics, django_assert_max_num_queries
):
    client.force_login(a_user(Role.OFFICER))
    for page in ("/desk/settings/", "/desk/settings/changes/?subject=category", "/desk/categories/",
                 f"/desk/categories/{topics[0].pk}/", "/desk/refusal-reasons/"):  # fmt: skip
        with django_assert_max_num_queries(10):
            assert client.get(page).status_code == 200
    for page in ("/desk/categories/new/", f"/desk/categories/{topics[0].pk}/rename/", "/desk/refusal-reasons/court/"):
        assert client.get(page).status_code == 403
    assert client.post(f"/desk/categories/{topics[0].pk}/use/").status_code == 403


def test_the_log_of_changes_shows_one_rule_or_all(client, committee, topics):
    rules.change_reason(
        reason=RefusalReason.objects.get(code="court"), by=committee, label="应走诉讼", sentence="", active=True
    )
    client.force_login(committee)

    only = client.get("/desk/settings/changes/?subject=reason").content.decode()
    assert "应走诉讼" in only
    assert "增加类别" not in only
    assert "增加类别" in client.get("/desk/settings/changes/?before=nonsense").content.decode()
