"""An organ without an account does its part of a case by a one-time link, and nothing else."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from accounts.models import Grant
from notices.models import Message
from notices.services import deliver
from petitions import services
from petitions.errors import ActionError
from petitions.models import Assignment, Event, Photo, Status
from supervision import links
from supervision.models import OrganLink, Reminder
from supervision.sweep import sweep
from tests.factories import picture, upload
from tests.petitions.story import REPORTER, Story, moment

NOW = moment("2026-11-03 10:00")
LABEL = "信都区水务局（凭链接）"


@pytest.fixture(autouse=True)
def tuesday():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def small(office):
    """The office's organ has lost its accounts and left an address."""
    Grant.objects.filter(organ=office.organ).delete()
    office.organ.email = "shuiwu@example.invalid"
    office.organ.save()
    return office


@pytest.fixture
def handed(small):
    """A case that was handed over to it."""
    return Story.brought_to(Status.HANDLING, small)


@pytest.fixture
def part(handed):
    return Assignment.objects.select_related("answer_clock", "organ").get(round__petition=handed.petition)


@pytest.fixture
def page(part):
    """The address of a link to it."""
    return links.path_of(part.answer_clock, links.make_link(part.answer_clock)[1])


def mailed():
    """The addresses in the mails sent to the organ so far."""
    deliver()
    return [found for sent in mail.outbox for found in re.findall(r"http://localhost:8000(/o/[\w-]+/)", sent.body)]


def do(client, page, action, target, **typed):
    return client.post(page, {"action": action, "target": target.pk} | typed)


def reply(client, page, part, **typed):
    return do(client, page, "draft_reply", part, **({"text": "路灯已更换。", "outcome": "resolved"} | typed))


def events(petition, action):
    return petition.events.filter(action=action)


def test_a_hand_over_reaches_the_organ_with_a_link_that_no_table_keeps(handed, client):
    (page,) = mailed()

    token = page.split("/")[2]
    assert len(token) == 43
    assert handed.petition.title in client.get(page).content.decode()
    assert token not in str(list(Message.objects.values())) + str(list(OrganLink.objects.values()))


def test_looking_changes_nothing_as_previews_of_messages_look_too(page, part, client):
    before = list(OrganLink.objects.values()), Event.objects.count()

    for _time in range(3):
        assert client.get(page).status_code == 200

    part.refresh_from_db()
    assert part.signed_in_at is None
    assert (list(OrganLink.objects.values()), Event.objects.count()) == before


def test_the_page_tells_nobody_else_where_it_was_and_is_kept_nowhere(page, client):
    answer = client.get(page)

    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "noindex" in answer.headers["X-Robots-Tag"]


def test_the_page_holds_the_matter_and_no_identity(page, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        said = client.get(page).content.decode()

    assert "村口三盏路灯坏了半个月" in said
    assert not any(fact in said for fact in REPORTER.values())


def test_signing_in_is_stamped_with_the_organ_the_link_and_the_time(page, part, client):
    answer = do(client, page, "sign_in", part)

    part.refresh_from_db()
    event = events(part.round.petition, "sign_in").get()
    assert answer.url == f"{page}?done=sign_in"
    assert (part.signed_in_at, part.signed_in_by) == (NOW, None)
    assert (event.actor, event.actor_label, event.at) == (None, LABEL, NOW)
    assert "已办：签收" in client.get(answer.url).content.decode()


def test_no_cookie_and_no_token_of_a_form_is_needed(page, part, client_of_another):
    client_of_another.handler.enforce_csrf_checks = True

    assert do(client_of_another, page, "sign_in", part).status_code == 302


def test_the_reply_is_signed_at_once_and_ends_every_link(page, part, handed, client):
    other = links.path_of(part.answer_clock, links.make_link(part.sign_in_clock)[1])

    answer = reply(client, page, part, outcome="in_progress", promise="更换三盏灯", promised_on="2026-12-01")

    handed.petition.refresh_from_db()
    assert "这个链接就此失效" in answer.content.decode()
    assert handed.petition.status == Status.REVIEWING
    assert part.replies.get().promised_on == dt.date(2026, 12, 1)
    assert client.get(page).status_code == client.get(other).status_code == 404


def test_a_reply_that_is_sent_twice_stands_once(page, part, client):
    answers = [reply(client, page, part).status_code for _time in range(2)]

    assert answers == [200, 404]
    assert part.replies.count() == 1


def test_progress_that_is_sent_twice_is_noted_once(page, part, client):
    for _time in range(2):
        do(client, page, "note_progress", part, text="已派人查看。", public="on")

    assert events(part.round.petition, "note_progress").count() == 1


def test_what_is_sent_back_comes_with_a_new_link(page, part, handed, client):
    mailed()
    mail.outbox.clear()
    reply(client, page, part)

    handed.take("send_back", at=NOW)

    (fresh,) = [address for address in mailed() if client.get(address).status_code == 200]
    assert "没有回答何时修好" in client.get(fresh).content.decode()
    assert reply(client, fresh, part).status_code == 200


def test_more_days_and_a_return_are_asked_for_by_link(page, part, small, client):
    do(client, page, "ask_extension", part, days="5", reason="需要订购灯具。")
    do(client, page, "ask_return", part, ground="不属于本局职责。", proposal=small.other_organ.pk)

    part.refresh_from_db()
    assert (part.extension_days, part.return_proposal) == (5, small.other_organ)


def test_what_cannot_be_taken_comes_back_with_everything_typed(page, part, client):
    answer = reply(client, page, part, text="正在更换路灯", outcome="planned")

    assert answer.status_code == 422
    assert "正在更换路灯" in answer.content.decode()
    assert "这一项必填" in answer.content.decode()


def gone(client, page):
    answer = client.get(page)
    return answer.status_code, re.search(r"<main.*?</main>", answer.content.decode(), re.DOTALL)[0]


def test_forged_expired_revoked_and_recalled_are_one_answer_that_says_what_to_do(part, handed, client, tuesday):
    make = lambda **facts: links.path_of(part.answer_clock, links.make_link(part.answer_clock, **facts)[1])  # noqa: E731
    expired, revoked = make(days=0), make()
    links.revoke([part.answer_clock])
    recalled = make()
    services.withdraw(petition=handed.petition, proposer=handed.proposer, reason="自己解决了。", at=NOW)

    answers = {gone(client, page) for page in ("/o/forged/", expired, revoked, recalled)}

    assert len(answers) == 1
    assert answers.pop()[0] == 404
    assert "请与交办单位联系" in client.get(recalled).content.decode()


def test_a_link_expires_by_itself(page, client, tuesday):
    tuesday.shift(dt.timedelta(days=30, seconds=1))

    assert client.get(page).status_code == 404


def test_a_link_taken_back_meanwhile_does_nothing(page, part, handed):
    link = OrganLink.objects.first()
    links.revoke([part.answer_clock])

    with pytest.raises(ActionError, match="没有权限"):
        services.sign_in(petition=handed.petition, assignment=part, by_link=link)


def test_a_link_leads_to_no_other_organs_part(page, part, handed, small, client):
    handed.take("add_organ")
    others = Assignment.objects.get(round__petition=handed.petition, organ=small.other_organ)

    assert do(client, page, "sign_in", others).status_code == 404
    with pytest.raises(ActionError, match="没有权限"):
        services.sign_in(petition=handed.petition, assignment=others, by_link=OrganLink.objects.first())
    others.refresh_from_db()
    assert others.signed_in_at is None


@pytest.mark.parametrize("action", ["press", "sign_off", "accept", "hand_over", "nothing", ""])
def test_a_link_gives_no_other_action(page, part, client, action):
    assert do(client, page, action, part).status_code == 404


def test_whoever_tries_too_many_addresses_waits_even_with_a_good_one(page, client):
    for _time in range(links.OPENINGS[0]):
        client.get("/o/guess/")

    assert client.get(page).status_code == 404
    assert client.get(page, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_photos_of_its_own_case_are_seen_and_no_others(page, handed, small, client, settings):
    services.keep_photo(file=upload(picture()), draft_key="7f0c0f7e-63a1-4fd9-9a55-3f8e2f1d1a11")
    services.keep_photo(file=upload(picture()), draft_key="7f0c0f7e-63a1-4fd9-9a55-3f8e2f1d1a12")
    own, foreign = Photo.objects.order_by("pk")
    Photo.objects.filter(pk=own.pk).update(petition=handed.petition, draft_key=None)

    assert client.get(f"{page}photos/{own.pk}/").status_code == 200
    assert client.get(f"{page}photos/{foreign.pk}/").status_code == 404
    assert f"{page}photos/{own.pk}/" in client.get(page).content.decode()


def test_photos_of_the_work_go_along_and_are_not_taken_for_the_residents(page, part, handed, client, at_desk):
    sent = [upload(picture()), upload(picture(), "二.jpg")]
    do(client, page, "note_progress", part, text="已更换一盏。", photos=sent)

    photos = Photo.objects.filter(petition=handed.petition)
    assert {photo.added_by_label for photo in photos} == {LABEL}
    assert client.get(f"{page}photos/{photos[0].pk}/").status_code == 200
    case = at_desk("officer").get(handed.petition.get_absolute_url()).context["case"]
    assert (len(case.photos), len(case.organ_photos)) == (0, 2)


def test_a_file_that_is_no_picture_is_refused_and_nothing_typed_is_lost(page, part, client):
    answer = reply(client, page, part, text="路灯已更换，见照片。", photos=[upload(b"MZ", "程序.jpg")])

    assert answer.status_code == 409
    assert "路灯已更换，见照片。" in answer.content.decode()
    assert (part.replies.count(), Photo.objects.count()) == (0, 0)


def test_the_ladder_presses_an_organ_without_an_account_by_link_and_the_record_says_so(handed, part, client, tuesday):
    tuesday.move_to(part.answer_clock.due_on + dt.timedelta(days=10))
    sweep(at=moment("2026-12-08 10:00"))
    tuesday.move_to(moment("2026-12-08 10:00"))

    pages = mailed()
    reminder = Reminder.objects.filter(clock=part.answer_clock, passed_over=False).last()

    assert LABEL in reminder.told
    assert client.get(pages[-1]).status_code == 200


def test_a_numbered_order_is_acknowledged_by_link(page, part, handed, client):
    handed.take("press", at=NOW)
    order = Reminder.objects.get(clock=part.answer_clock, rung=None)

    do(client, page, "acknowledge", order, text="已安排，周五修好。")

    order.refresh_from_db()
    assert (order.acknowledged_at, order.acknowledged_by) == (NOW, None)
    assert order.acknowledged_name == LABEL
    assert events(handed.petition, "acknowledge").get().actor_label == LABEL


def test_a_promise_is_reported_by_a_link_of_its_own(page, part, handed, client):
    reply(client, page, part, outcome="in_progress", promise="更换三盏灯", promised_on="2026-12-01")
    handed.take("pass_reply", at=NOW)
    promise = handed.targets("commitment")[0]
    page = links.path_of(promise.clock, links.make_link(promise.clock)[1])

    assert do(client, page, "report_delivery", promise, evidence="三盏灯已亮。").status_code == 200

    promise.refresh_from_db()
    assert promise.state == promise.State.DELIVERED
    assert client.get(page).status_code == 404


def test_an_organ_that_left_no_address_is_told_nothing_and_gets_no_link(office):
    Grant.objects.filter(organ=office.organ).delete()

    Story.brought_to(Status.HANDLING, office)

    assert not Message.objects.filter(outside_key__startswith="organ:").exists()


def test_an_organ_with_an_account_is_told_as_before(office):
    office.organ.email = "shuiwu@example.invalid"
    office.organ.save()

    Story.brought_to(Status.HANDLING, office)

    assert not Message.objects.filter(outside_key__startswith="organ:").exists()


def desk(part):
    return reverse("supervision:links", args=[part.answer_clock_id])


def test_the_assigner_makes_a_link_that_is_shown_once_and_ends_those_before_it(part, page, at_desk, client_of_another):
    head = at_desk("head")

    shown = re.search(r"http://localhost:8000(/o/[\w-]+/)", head.post(desk(part), {"do": "make"}).content.decode())[1]

    assert client_of_another.get(shown).status_code == 200
    assert client_of_another.get(page).status_code == 404
    assert shown not in head.get(desk(part)).content.decode()
    assert "有效" in head.get(desk(part)).content.decode()


def test_the_assigner_sends_a_link_again_and_takes_links_back(part, at_desk, client_of_another):
    head = at_desk("head")
    mailed()
    mail.outbox.clear()

    for _time in range(2):
        head.post(desk(part), {"do": "send"})
    (sent,) = mailed()
    assert client_of_another.get(sent).status_code == 200

    head.post(desk(part), {"do": "revoke"})
    assert client_of_another.get(sent).status_code == 404


@pytest.mark.parametrize("who", ["officer", "viewer", "other_clerk", "deputy", "stranger"])
def test_nobody_else_makes_links(part, at_desk, who):
    count = OrganLink.objects.count()

    assert at_desk(who).post(desk(part), {"do": "make"}).status_code == 403
    assert OrganLink.objects.count() == count


def test_no_link_is_made_to_a_duty_that_is_over_or_no_organs(part, handed, at_desk):
    services.withdraw(petition=handed.petition, proposer=handed.proposer, reason="自己解决了。", at=NOW)
    count = OrganLink.objects.count()

    answer = at_desk("head").post(desk(part), {"do": "make"}, follow=True)

    assert "已经结束" in answer.content.decode()
    assert OrganLink.objects.count() == count


def test_the_case_leads_the_assigner_to_the_links_of_each_part(part, handed, at_desk):
    assert desk(part) in at_desk("head").get(handed.petition.get_absolute_url()).content.decode()
    assert desk(part) not in at_desk("officer").get(handed.petition.get_absolute_url()).content.decode()
