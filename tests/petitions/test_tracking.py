"""A resident follows a case with number and query code; whatever is wrong, the answer is the same."""

import re

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from accounts.models import Attempt
from notices.models import Message
from petitions import services
from petitions.models import Petition, RefusalReason, Status
from tests.petitions.story import Story
from tests.petitions.test_public_submitting import said

TRACK = "/petitions/track/"


def look(client, number, code):
    return client.post(TRACK, {"number": number, "code": code})


def open_case(client, story, code=None):
    response = look(client, story.petition.number, code or story.code)
    assert response.status_code == 302
    return said(client.get(response.url))


def do(client, story, action, **facts):
    return client.post(reverse("petitions:tracked_action", args=[story.petition.number, action]), facts)


def without_token(response, *typed):
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"', "", said(response))
    for word in typed:
        text = text.replace(word, "")
    return text


def test_number_and_code_open_the_case(client, case):
    page = open_case(client, case)

    assert case.petition.title in page
    assert case.petition.body in page
    assert "联络站已经收到，正在审查是否受理。" in page


@pytest.mark.parametrize("typed", ["lower", "full", "spaced"])
def test_a_code_typed_in_another_way_opens_it_too(client, case, typed):
    code, number = case.code, case.petition.number
    code = {
        "lower": code.lower(),
        "full": "".join(chr(ord(sign) + 0xFEE0) for sign in code),
        "spaced": code.replace("-", "  "),
    }[typed]

    assert look(client, f" {number.lower()} ", code).status_code == 302


def test_wrong_code_unknown_case_and_locked_cannot_be_told_apart(client, case):
    number, wrong = case.petition.number, "AAAAA-AAAAA"
    wrong_code = look(client, number, wrong)
    unknown_case = look(client, "XD-20260101-99999", wrong)
    for _try in range(8):
        look(client, number, wrong)
    locked = look(client, number, case.code)

    answers = {
        without_token(response, number, wrong, case.code, "XD-20260101-99999")
        for response in (wrong_code, unknown_case, locked)
    }
    assert len(answers) == 1
    assert {response.status_code for response in (wrong_code, unknown_case, locked)} == {200}
    assert "没有找到，或者查询码不对。" in answers.pop()


def test_the_eleventh_try_of_a_minute_is_locked_and_the_lock_ends(client, case):
    with time_machine.travel("2026-11-02 02:30Z", tick=False):
        for _try in range(20):
            look(client, case.petition.number, "AAAAA-AAAAA")
        assert look(client, case.petition.number, case.code).status_code == 200

    with time_machine.travel("2026-11-02 03:00Z", tick=False):
        assert look(client, case.petition.number, case.code).status_code == 302


def test_right_codes_use_up_no_tries_so_that_a_busy_county_locks_nobody_out(client, case):
    with time_machine.travel("2026-11-02 02:30Z", tick=False):
        seen = {look(client, case.petition.number, case.code).status_code for _try in range(12)}

    assert seen == {302}
    assert set(Attempt.objects.filter(key__startswith="track:").values_list("count", flat=True)) == {0}


def test_a_number_that_this_browser_has_not_opened_does_not_exist(client, case):
    url = reverse("petitions:tracked", args=[case.petition.number])

    assert client.get(url).status_code == 404
    assert do(client, case, "withdraw", sure="on").status_code == 404


def test_opening_a_case_changes_the_session_key(client, case):
    client.get(TRACK)
    session = client.session
    session["planted"] = "yes"
    session.save()
    before = session.session_key

    open_case(client, case)

    assert client.session.session_key != before


def test_a_case_page_stays_in_no_cache(client, case):
    open_case(client, case)

    response = client.get(reverse("petitions:tracked", args=[case.petition.number]))

    assert "no-store" in response.headers["Cache-Control"]


def test_closing_the_enquiry_forgets_every_case(client, case):
    open_case(client, case)

    client.post(reverse("petitions:leave"))

    assert client.get(reverse("petitions:tracked", args=[case.petition.number])).status_code == 404


def test_the_resident_sees_the_working_day_and_every_day_that_was_skipped(client, office):
    story = Story.begin(office)

    with time_machine.travel("2026-11-03 02:00Z"):
        page = open_case(client, story)

    assert "第 1 个工作日，共 2 个" in page
    assert "到期日是怎么算的" in page
    assert "2026年11月4日" in page


def test_what_is_only_for_the_desk_is_not_told(client, office):
    story = Story.brought_to(Status.HANDLING, office)
    story.take("note_progress", text="内部情况不便公开", public=False)
    story.take("note_progress", text="已经到现场看过", public=True)

    page = open_case(client, story)

    assert "已经到现场看过" in page
    assert "内部情况不便公开" not in page


def test_offices_are_named_and_their_staff_are_not(client, office):
    story = Story.brought_to(Status.RATING, office)

    page = open_case(client, story)

    assert office.organ.name in page
    for user in (office.officer, office.head, office.clerk, office.leader):
        assert user.name not in re.sub("<[^>]*>", "", page).replace("人大主席团", "").replace("联络员", "")


@pytest.mark.parametrize(
    ("status", "actions"),
    [
        (Status.SUBMITTED, {"withdraw"}),
        (Status.NEEDS_INFO, {"supplement", "withdraw"}),
        (Status.ACCEPTED, {"withdraw"}),
        (Status.HANDLING, {"withdraw"}),
        (Status.REVIEWING, set()),
        (Status.RATING, {"rate"}),
        (Status.TRACKING, set()),
        (Status.CLOSED, set()),
        (Status.REFUSED, {"object_to"}),
        (Status.SIGNPOSTED, {"object_to"}),
        (Status.MERGED, {"object_to"}),
        (Status.WITHDRAWN, {"object_to"}),
    ],
)
def test_exactly_what_may_be_done_now_is_offered(client, office, status, actions):
    story = Story.brought_to(status, office)

    page = open_case(client, story)

    assert set(re.findall(r'class="action" id="(\w+)"', page)) == actions


def test_a_question_is_shown_above_the_form_that_answers_it(client, office):
    story = Story.begin(office)
    story.take("ask_info", question="是哪一盏路灯？")

    page = open_case(client, story)

    assert page.index("是哪一盏路灯？") < page.index('id="supplement"')


def test_supplementing_brings_the_case_back_to_the_station(client, office):
    story = Story.brought_to(Status.NEEDS_INFO, office)
    open_case(client, story)

    do(client, story, "supplement", text="东头第一盏。", draft_key="5f0c8a0e-9d7a-4a5e-9df5-0f6f2b7a1c11")

    story.petition.refresh_from_db()
    assert story.petition.status == Status.SUBMITTED
    assert "东头第一盏。" in said(client.get(story.petition.tracking_url))


def test_rating_takes_both_judgements(client, office):
    story = Story.brought_to(Status.RATING, office)
    open_case(client, story)

    response = do(client, story, "rate", process="satisfied")

    assert response.status_code == 422
    assert "请选择对办理结果是否满意。" in said(response)


def test_one_who_is_dissatisfied_says_why_and_the_next_round_begins(client, office):
    story = Story.brought_to(Status.RATING, office)
    open_case(client, story)

    silent = do(client, story, "rate", process="satisfied", result="dissatisfied")
    told = do(client, story, "rate", process="satisfied", result="dissatisfied", text="灯还是不亮。")

    story.petition.refresh_from_db()
    assert "请写明哪里不满意，以便再次办理。" in said(silent)
    assert told.status_code == 302
    assert story.petition.current_round == 2


def test_withdrawing_asks_to_be_sure(client, office, case):
    open_case(client, case)

    unsure = do(client, case, "withdraw", reason="已经修好了")
    sure = do(client, case, "withdraw", reason="已经修好了", sure="on")

    case.petition.refresh_from_db()
    assert "确定要撤回的，请勾选这一项。" in said(unsure)
    assert "已经修好了" in said(unsure)
    assert sure.status_code == 302
    assert case.petition.status == Status.WITHDRAWN


def test_what_is_no_longer_allowed_is_said_and_what_was_typed_stays(client, office):
    story = Story.brought_to(Status.NEEDS_INFO, office)
    open_case(client, story)
    story.take("refuse")

    response = do(client, story, "supplement", text="东头第一盏。", draft_key="5f0c8a0e-9d7a-4a5e-9df5-0f6f2b7a1c11")

    assert response.status_code == 409
    assert "此件现在是“不予受理”" in said(response)
    assert "东头第一盏。" in said(response)


def test_a_form_that_came_back_can_be_loaded_anew(client, case):
    open_case(client, case)

    response = client.get(reverse("petitions:tracked_action", args=[case.petition.number, "withdraw"]))

    assert response.url == case.petition.tracking_url


def test_staff_actions_cannot_be_reached_from_here(client, case):
    open_case(client, case)

    assert do(client, case, "accept").status_code == 404


def test_one_who_joined_reads_what_offices_say_and_not_what_the_first_one_wrote(client, office):
    story = Story.brought_to(Status.NEEDS_INFO, office, place="老井边")
    _proposer, code = services.join(petition=story.petition, note="", identity=None, submission_key="0" * 32)
    story.take("supplement", text="我是东街九号的。")
    story.take("accept")

    page = open_case(client, story, code)

    assert "已受理" in page
    for word in (story.petition.title, story.petition.body, "老井边", "我是东街九号的。"):
        assert word not in page
    assert 'class="action"' not in page


@pytest.mark.parametrize("objects", [False, True])
def test_that_a_case_reports_on_somebody_is_told_to_its_first_proposer_only(client, client_of_another, office, objects):
    story = Story.begin(office)
    _proposer, code = story.take(
        "join", identity={"name": "被反映人", "phone": "", "address": "", "email": "a@b.invalid"}
    )
    reason = {"reason": RefusalReason.DISCIPLINE, "text": "这是检举。", "right_channel": "12388"}
    story.take("refuse", **reason)

    own = open_case(client, story)
    if objects:
        story.take("object_to")
    joined = open_case(client_of_another, story, code)

    for word in ("检举控告", "这是检举。", "12388"):
        assert word in own
        assert word not in joined
        assert not Message.objects.filter(body__contains=word).exists()


def test_where_a_case_belongs_is_told_to_its_first_proposer_only(client, client_of_another, office):
    story = Story.begin(office)
    _proposer, code = story.take(
        "join", identity={"name": "被反映人", "phone": "", "address": "", "email": "a@b.invalid"}
    )
    story.take("signpost", text="这是检举。", right_channel="12388")

    own, joined = open_case(client, story), open_case(client_of_another, story, code)

    for word in ("这是检举。", "12388"):
        assert word in own
        assert word not in joined
        assert not Message.objects.filter(body__contains=word).exists()


def test_a_merged_case_leads_on_to_the_main_one_and_is_told_its_progress(client, office):
    main = Story.brought_to(Status.HANDLING, office, title="主件的标题", body="主件的原文")
    main.take("note_progress", text="已经到现场看过", public=True)
    merged = Story.begin(office, title="并入的标题")
    merged.take("merge", into=main.petition)

    page = open_case(client, merged)

    assert "并入的标题" in page
    assert main.petition.number in page
    assert "已经到现场看过" in page
    assert "主件的标题" not in page
    assert "主件的原文" not in page


def test_no_identity_is_on_the_case_page(client, office):
    story = Story.begin(office, secrecy=Petition.Secrecy.NAMED)

    page = open_case(client, story)

    for word in ("孟庆余", "13900000042", "meng@example.invalid", "东街9号"):
        assert word not in page


def test_looking_changes_nothing(client, office):
    story = Story.brought_to(Status.RATING, office)
    open_case(client, story)
    before = everything()

    for url in (TRACK, story.petition.tracking_url, f"/petitions/{story.petition.number}/join/", "/petitions/new/"):
        client.get(url)

    assert everything() == before


def everything():
    """A fingerprint of every row of every table."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        prints = {}
        for table in tables:
            cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{table}\" t")
            prints[table] = cursor.fetchone()[0]
    return prints


@pytest.mark.parametrize("notes", [3, 60])
def test_the_case_page_costs_the_same_however_long_the_story(client, office, notes, django_assert_max_num_queries):
    main = Story.brought_to(Status.HANDLING, office)
    for n in range(notes):
        main.take("note_progress", text=f"进展{n}", public=True)
    merged = Story.begin(office)
    merged.take("merge", into=main.petition)
    open_case(client, merged)
    open_case(client, main)

    for story in (main, merged):
        with django_assert_max_num_queries(10):
            client.get(story.petition.tracking_url)
