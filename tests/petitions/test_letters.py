"""The numbered papers that a case gives rise to, who reads them, and what they never say."""

import io
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from papers.models import Paper
from papers.permissions import visible_to
from papers.printing import as_pdf
from petitions import services
from petitions.errors import ActionError
from petitions.models import Status
from petitions.services.step import Step
from tests.factories import OrganFactory
from tests.petitions.story import REPORTER, Story, a_joint_note
from tests.petitions.test_public_submitting import said
from tests.petitions.test_tracking import open_case

Kind = Paper.Kind


def papers_of(story, *kinds):
    found = Paper.objects.filter(case_number=story.petition.number).order_by("pk")
    return list(found.filter(kind__in=kinds) if kinds else found)


def printed(paper):
    pages = PdfReader(io.BytesIO(as_pdf(paper))).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "")


def test_every_organ_gets_a_hand_over_sheet_with_its_own_part_and_dates(office, brought_to):
    case = brought_to(Status.ACCEPTED)
    case.take("hand_over", lead=office.organ, co_organs=[office.other_organ])

    lead, other = papers_of(case)
    assert [lead.number, other.number] == ["南大郭镇人交〔2026〕1号", "南大郭镇人交〔2026〕2号"]
    assert lead.addressee_organ == office.organ
    assert dict(lead.facts)["承办方式"] == "主办"
    assert dict(other.facts)["承办方式"] == "协办"
    assert dict(lead.facts)["答复期限"] == "2026年11月16日"
    assert "请尽快办理。" in printed(lead)
    assert list(visible_to(office.clerk)) == [lead]
    assert list(visible_to(office.other_clerk)) == [other]


def test_an_organ_that_comes_later_gets_a_sheet_of_its_own(office, brought_to):
    case = brought_to(Status.HANDLING)
    case.take("add_organ")
    case.take("ask_return")
    third = OrganFactory(name="信都区城管局")
    case.take("decide_return", to=third)

    assert [paper.addressee for paper in papers_of(case)] == ["信都区水务局", "信都区住建局", "信都区城管局"]


def test_a_second_handling_is_handed_over_by_a_new_paper(brought_to):
    case = brought_to(Status.RATING)
    case.take("rate", process="satisfied", result="dissatisfied")

    first, second = papers_of(case, Kind.HAND_OVER)
    assert (dict(first.facts)["办理轮次"], dict(second.facts)["办理轮次"]) == ("第1次办理", "第2次办理")


def test_a_step_that_fails_gives_no_paper_and_no_number(office, brought_to, monkeypatch):
    case, later = brought_to(Status.ACCEPTED), brought_to(Status.ACCEPTED)

    def fail(*_args, **_facts):
        raise ActionError("坏了")

    with monkeypatch.context() as patch:
        patch.setattr(Step, "tell_residents", fail)
        with pytest.raises(ActionError):
            case.take("hand_over")
    later.take("hand_over")

    assert papers_of(case) == []
    assert papers_of(later)[0].sequence == 1


def test_an_answer_is_a_letter_and_a_form_to_judge_it(brought_to):
    case = brought_to(Status.RATING)

    letter, form = papers_of(case, Kind.REPLY, Kind.CONSULT)
    assert letter.addressee == form.addressee == f"反映人（编号 {case.petition.number}）"
    assert "路灯已更换，请您查看。" in printed(letter)
    assert "办理结果：已解决。" in printed(letter)
    assert dict(form.facts)["承办单位"] == "信都区水务局"


def test_a_refusal_is_a_letter_with_reason_right_channel_and_how_to_object(brought_to):
    case = brought_to(Status.REFUSED)

    (letter,) = papers_of(case)
    assert letter.number == "南大郭镇人告〔2026〕1号"
    for words in ("不属于本区域", "不在本区域。", "襄都区联络站", "提出一次异议"):
        assert words in printed(letter), words


def test_what_an_organ_took_over_at_the_desk_is_handed_over_by_paper(office):
    petition, _code = services.petition_of(note=a_joint_note(office), actor=office.officer)

    sheet = Paper.objects.get(case_number=petition.number)
    assert (sheet.kind, sheet.addressee_organ) == (Kind.HAND_OVER, office.organ)


def test_no_paper_says_who_brought_the_case_or_what_was_written(brought_to):
    cases = [brought_to(Status.RATING), brought_to(Status.REFUSED)]

    for paper in [paper for case in cases for paper in papers_of(case)]:
        text = printed(paper)
        for secret in (*REPORTER.values(), "老人晚上不敢出门", cases[0].code):
            assert secret not in text, (paper.number, secret)


def test_the_case_page_names_the_papers_that_its_reader_may_read(office, brought_to, at_desk):
    case = brought_to(Status.RATING)
    sheet, letter, form = papers_of(case)

    page = said(at_desk("head").get(case.petition.get_absolute_url()))
    for paper in (sheet, letter, form):
        assert paper.get_absolute_url() in page
    page = said(at_desk("clerk").get(case.petition.get_absolute_url()))
    assert sheet.get_absolute_url() in page
    assert letter.get_absolute_url() not in page


def test_an_order_that_presses_a_case_stands_with_its_papers(office, brought_to, at_desk):
    case = brought_to(Status.HANDLING)
    case.take("press")
    (order,) = papers_of(case, Kind.SUPERVISION)

    assert order.get_absolute_url() in said(at_desk("clerk").get(case.petition.get_absolute_url()))
    for asked in ({"q": case.petition.number}, {"q": case.petition.number, "kind": "supervision"}):
        assert order in at_desk("head").get("/desk/papers/", asked).context["rows"]


def test_orders_of_before_know_their_case_once_the_new_version_has_numbered_them(brought_to):
    case = brought_to(Status.HANDLING)
    case.take("press")
    orders = Paper.objects.filter(kind=Kind.SUPERVISION).values_list("case_number", flat=True)
    orders.update(case_number="")

    number = import_module("petitions.migrations.0026_what_is_found_by_a_case").number_orders
    number(apps, connection.schema_editor(atomic=False))

    assert list(orders) == [case.petition.number]


def letters_on(page):
    return page.count("/letters/")


def test_a_resident_takes_the_answer_along_with_the_opened_code(client, client_of_another, brought_to):
    case = brought_to(Status.RATING)
    (letter,) = papers_of(case, Kind.REPLY)
    address = f"/petitions/track/{case.petition.number}/letters/{letter.pk}/"
    assert client.get(address).status_code == 404

    assert address in open_case(client, case)
    response = client.get(address)
    assert response.content.startswith(b"%PDF")
    assert "no-store" in response["Cache-Control"]
    assert client_of_another.get(address).status_code == 404


def test_a_resident_gets_no_paper_between_offices_and_none_of_another_case(client, brought_to):
    case, other = brought_to(Status.RATING), brought_to(Status.RATING)
    open_case(client, case)

    for paper in [*papers_of(case, Kind.HAND_OVER), *papers_of(other)]:
        assert client.get(f"/petitions/track/{case.petition.number}/letters/{paper.pk}/").status_code == 404


def test_a_resident_is_shown_no_order_that_presses_the_case(client, brought_to):
    case = brought_to(Status.HANDLING)
    case.take("press")
    (order,) = papers_of(case, Kind.SUPERVISION)

    assert letters_on(open_case(client, case)) == 0
    assert client.get(f"/petitions/track/{case.petition.number}/letters/{order.pk}/").status_code == 404


def test_why_a_case_was_refused_is_a_letter_to_its_first_proposer_only(client, client_of_another, case):
    _proposer, code = case.take("join")
    case.take("refuse", reason="discipline", text="请向纪检监察机关反映。", right_channel="12388")
    (letter,) = papers_of(case)

    assert letters_on(open_case(client, case)) == 1
    assert letters_on(open_case(client_of_another, case, code)) == 0
    address = f"/petitions/track/{case.petition.number}/letters/{letter.pk}/"
    assert client_of_another.get(address).status_code == 404


def test_who_was_merged_into_a_case_may_keep_its_answer(client, office, brought_to):
    main = brought_to(Status.HANDLING)
    merged = Story.begin(office, title="路灯还是不亮")
    merged.take("merge", into=main.petition)
    main.take("reply")
    main.take("pass_reply")

    assert letters_on(open_case(client, merged)) == 1


def test_many_organs_cost_the_papers_queries_of_one(office, brought_to):
    case = brought_to(Status.ACCEPTED)
    organs = [OrganFactory() for _ in range(6)]

    with CaptureQueriesContext(connection) as seen:
        case.take("hand_over", lead=office.organ, co_organs=organs)

    of_papers = [query["sql"] for query in seen.captured_queries if '"papers_' in query["sql"]]
    assert len(of_papers) <= 7
    assert len(papers_of(case)) == 7
