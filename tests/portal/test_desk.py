"""The desk's first page: what needs whom today."""

import re
from datetime import date

import pytest
import time_machine
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse

from accounts.models import Role
from petitions.models import Status, Suggestion
from programmes.services import raise_items
from programmes.todo import todo_of
from supervision.services import sweep as press_on
from tests.factories import load_years
from tests.petitions.story import Story, an_office, moment
from tests.petitions.suggesting import Suggesting, an_office_with_a_sponsor
from tests.programmes.follow_up import a_programme, spec, the_offices


@pytest.fixture
def office(db):
    load_years()
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        yield an_office()


def groups(client, user):
    """The groups of somebody's first page: title → numbers of the cases shown."""
    client.force_login(user)
    text = client.get("/desk/").content.decode()
    sections = re.findall(r'<section class="task-group".*?</section>', text, re.DOTALL)
    return {
        re.search(r"<h2[^>]*>([^<]+)</h2>", section).group(1): re.findall(r"<span>(XD-\d+-\d+)</span>", section)
        for section in sections
    }


def test_everybody_finds_what_waits_for_them(office, client):
    def begin(*steps, status=Status.SUBMITTED, **facts):
        story = Story.brought_to(status, office, **facts)
        for action, position in steps:
            story.take(action, by=position)
        return story.petition.number

    late = begin(at=moment("2026-10-08 10:00"))
    new = begin(at=moment("2026-11-03 09:00"), deputy=office.deputy_person)
    accepted = begin(status=Status.ACCEPTED)
    unsigned = begin(status=Status.HANDLING)
    signed = begin(("sign_in", Role.CLERK), status=Status.HANDLING)
    drafted = begin(("draft_reply", Role.CLERK), status=Status.HANDLING)
    returned = begin(("ask_return", Role.CLERK), status=Status.HANDLING)
    extended = begin(("ask_extension", Role.CLERK), status=Status.HANDLING)
    pressed = begin(("press", Role.HEAD), status=Status.HANDLING)
    reviewing = begin(status=Status.REVIEWING)
    promised = begin(status=Status.TRACKING)
    delivered = begin(("report_delivery", Role.LEADER), status=Status.TRACKING)
    unrated = begin(status=Status.RATING, at=moment("2026-10-20 10:00"))

    head, officer = groups(client, office.head), groups(client, office.officer)
    clerk, leader = groups(client, office.clerk), groups(client, office.leader)
    deputy = groups(client, office.deputy)

    assert late in head["已超期"]
    assert set(head["待审查受理"]) == {late, new}
    assert head["待交办"] == [accepted]
    assert head["答复待审核"] == [reviewing]
    assert head["退回申请待决定"] == [returned]
    assert head["延期申请待决定"] == [extended]
    assert officer["待回访"] == [unrated]
    assert officer["承诺待核实"] == [delivered]
    assert "待交办" not in officer
    assert set(clerk["待签收"]) == {unsigned, returned, extended, pressed}
    assert clerk["待答复"] == [signed]
    assert leader["答复待签发"] == [drafted]
    assert "答复待签发" not in clerk
    assert clerk["督办单待回执"] == [pressed]
    assert clerk["承诺待兑现"] == [promised]
    assert deputy["反映给我的"] == [new]
    assert set(deputy["我所在联络站的"]) == {late}


def test_a_station_that_is_pressed_itself_finds_its_paper(office, client):
    late = Story.begin(office, at=moment("2026-10-08 10:00"))
    press_on(at=moment("2026-10-14 09:00"))

    assert groups(client, office.officer)["本站督办单待回执"] == [late.petition.number]
    assert groups(client, office.head)["本站督办单待回执"] == [late.petition.number]
    assert "本站督办单待回执" not in groups(client, office.committee)
    late.take("acknowledge", by=Role.HEAD)
    assert "本站督办单待回执" not in groups(client, office.officer)


def test_the_committee_finds_opinions_and_suggestions(office, client):
    waiting = Story.brought_to(Status.RATING, office)
    for _round in range(2):
        waiting.take("rate", result="dissatisfied")
        waiting.take("reply")
        waiting.take("pass_reply")
    waiting.take("rate", result="dissatisfied")
    raised = Story.brought_to(Status.ACCEPTED, office)
    raised.take("raise_suggestion")

    found = groups(client, office.committee)

    assert found["待出具结案意见"] == [waiting.petition.number]
    assert found["代表建议待答复"] == [raised.petition.number]


def test_each_count_leads_to_exactly_its_cases(office, client):
    for status in (
        Status.SUBMITTED,
        Status.ACCEPTED,
        Status.HANDLING,
        Status.REVIEWING,
        Status.RATING,
        Status.TRACKING,
    ):
        for day in ("2026-10-08", "2026-10-29", "2026-11-02"):
            Story.brought_to(status, office, at=moment(f"{day} 10:00"), deputy=office.deputy_person)

    for name in ("officer", "head", "committee", "clerk", "leader", "deputy"):
        client.force_login(getattr(office, name))
        page = client.get("/desk/").content.decode()
        counts = re.findall(r'<a href="(/desk/petitions/\?todo=\w+)" aria-label="[^"]+ (\d+) 件"', page)
        assert counts
        for address, number in counts:
            assert f"共 <strong>{number}</strong> 件" in client.get(address).content.decode(), (name, address)


def test_a_group_shows_five_and_says_how_many_there_are(office, client):
    for n in range(12):
        Story.begin(office, title=f"第{n}件", at=moment("2026-11-03 09:00"))

    found = groups(client, office.officer)
    page = client.get("/desk/").content.decode()

    assert len(found["待审查受理"]) == 5
    assert "全部 12 件" in page


def test_the_most_pressing_stands_first(office, client):
    later = Story.begin(office, at=moment("2026-11-03 09:00")).petition.number
    sooner = Story.begin(office, at=moment("2026-11-02 09:00")).petition.number

    assert groups(client, office.officer)["待审查受理"] == [sooner, later]


def test_an_empty_day_says_so(office, client):
    client.force_login(office.clerk)

    assert "今天没有等您办的事" in client.get("/desk/").content.decode()


def test_a_leader_who_looks_finds_the_figures_and_an_administrator_the_settings(office, client):
    client.force_login(office.viewer)
    assert reverse("insights:dashboard") in client.get("/desk/").content.decode()

    client.force_login(office.admin)
    page = client.get("/desk/").content.decode()
    assert reverse("workdays:calendar") in page
    assert "待办汇总" not in page


def test_a_deputy_reads_when_the_next_reception_is(office, client):
    reception = office.station.receptions.create(
        date="2026-11-20", starts="09:00", ends="11:00", place="一楼接待室", published_at=moment("2026-11-01 09:00")
    )
    reception.deputies.add(office.deputy_person)
    client.force_login(office.deputy)

    page = client.get("/desk/").content.decode()

    assert "2026年11月20日" in page
    assert "一楼接待室" in page


def test_sixty_cases_take_no_more_queries_than_three(office, client, django_assert_max_num_queries):
    for n in range(60):
        Story.begin(office, title=f"第{n}件", deputy=office.deputy_person)

    for name in ("officer", "head", "committee", "clerk", "leader", "deputy", "viewer", "admin"):
        client.force_login(getattr(office, name))
        client.get("/desk/")
        with django_assert_max_num_queries(10):
            client.get("/desk/")


# Suggestions and items


def follow_ups(client, user):
    """The groups beside the cases: title → (how many, the titles shown, the address of the list)."""
    client.force_login(user)
    found = client.get("/desk/").context["follow_ups"]
    return {group.title: (group.count, [row.title for row in group.rows], group.url) for group in found}


def test_suggestions_wait_on_the_first_page_of_whom_they_need(db, client):
    load_years()
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        office = an_office_with_a_sponsor()
        raised, signed, _answered = (
            Suggesting.brought_to(status, office, title=title)
            for status, title in (
                (Suggestion.Status.RAISED, "加装路灯"),
                (Suggestion.Status.HANDLING, "增开公交"),
                (Suggestion.Status.ANSWERED, "整治内涝"),
            )
        )
        signed.take("sign_in")

        head, clerk = follow_ups(client, office.head), follow_ups(client, office.clerk)
        deputy = follow_ups(client, office.deputy)
        client.force_login(office.clerk)
        page = client.get("/desk/").content.decode()

        assert head["代表建议待交办"][:2] == (1, ["加装路灯"])
        assert clerk["代表建议待答复"][:2] == (1, ["增开公交"])
        assert deputy["代表建议待评价"][:2] == (1, ["整治内涝"])
        assert raised.suggestion.number not in page
        assert signed.suggestion.number in page
        for user, found in ((office.head, head), (office.clerk, clerk), (office.deputy, deputy)):
            client.force_login(user)
            for number, _titles, address in found.values():
                assert client.get(address).context["total"] == number, address


def test_many_suggestions_and_items_take_one_query_and_show_ten(db, client, django_assert_num_queries):
    load_years()
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        office = an_office_with_a_sponsor()
        for n in range(12):
            Suggesting.brought_to(Suggestion.Status.HANDLING, office, title=f"建议{n}")
        owed = the_offices()
        specs = [spec(owed, title=f"事项{n}", due_on=date(2026, 11, 20 - n)) for n in range(12)]
        raise_items(specs=specs, region=owed.county, programme=a_programme(owed), actor=owed.committee)
        office.clerk.grants_in_force(), owed.clerk.grants_in_force()

        with django_assert_num_queries(1):
            (suggestions,) = todo_of(office.clerk)
        with django_assert_num_queries(1):
            (items,) = todo_of(owed.clerk)

        assert (suggestions.count, len(suggestions.rows)) == (12, 5)
        assert (items.count, [row.title for row in items.rows]) == (12, [f"事项{n}" for n in range(11, 6, -1)])
        assert items.rows[0].facts == "信都区水务局　大气污染防治监督"


# The demo's mailbox


def test_the_mailbox_shows_what_was_sent_in_readable_words(office, client, settings, tmp_path):
    settings.DEMO, settings.EMAIL_FILE_PATH = True, tmp_path
    connection = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=tmp_path)
    letter = "您有一件新的交办件。\n请登录查看。"
    for n in range(2):
        connection.send_messages([EmailMessage(f"请签收第{n}件", letter, to=["wang@example.invalid"])])
    client.force_login(office.officer)

    page = client.get("/desk/mailbox/").content.decode()

    assert "请签收第1件" in page
    assert "您有一件新的交办件。" in page
    assert "wang@example.invalid" in page


def test_the_mailbox_takes_few_queries(office, client, settings, tmp_path, django_assert_max_num_queries):
    settings.DEMO, settings.EMAIL_FILE_PATH = True, tmp_path
    client.force_login(office.officer)

    with django_assert_max_num_queries(10):
        assert client.get("/desk/mailbox/").status_code == 200


def test_there_is_no_mailbox_where_real_mail_goes_out(office, client, settings):
    settings.DEMO = False
    client.force_login(office.officer)

    assert client.get("/desk/mailbox/").status_code == 404


def test_an_empty_mailbox_says_so(office, client, settings, tmp_path):
    settings.DEMO, settings.EMAIL_FILE_PATH = True, tmp_path / "none"
    client.force_login(office.officer)

    assert "还没有邮件" in client.get("/desk/mailbox/").content.decode()
