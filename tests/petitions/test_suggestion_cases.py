"""What a suggestion does to the cases it was raised from, and what their residents are told."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F, Func, Value
from django.test.utils import CaptureQueriesContext

from notices.models import Message
from petitions import services
from petitions.errors import ActionError
from petitions.models import Assignment, Outcome, SearchEntry, Status, Suggestion, SuggestionPromise
from petitions.search import grams
from petitions.telling import clocks_told
from supervision.models import Duty
from tests.factories import load_years
from tests.petitions.searching import found, found_in_public
from tests.petitions.story import Story, moment
from tests.petitions.suggesting import Suggesting, an_office_with_a_sponsor

S = Suggestion.Status


@pytest.fixture
def office(db):
    load_years()
    return an_office_with_a_sponsor()


def three_cases(office):
    titles = ("村口路灯不亮", "学校门前路灯不亮", "桥头路灯不亮")
    return [Story.brought_to(Status.HANDLING, office, title=title) for title in titles]


def raised_from(stories, office, **facts):
    told = Suggesting.begin(office, petitions=[story.petition for story in stories], **facts)
    again(stories)
    return told


def again(stories):
    for story in stories:
        story.petition.refresh_from_db()
    return {story.petition.status for story in stories}


def test_a_cluster_of_three_cases_waits_is_told_and_answered_together(office):
    stories = three_cases(office)
    told = raised_from(stories, office)
    assert again(stories) == {Status.TRACKING}
    assert set(Assignment.objects.values_list("state", flat=True)) == {"recalled"}

    told.take("hand_over", at=moment("2026-11-03 10:00"))
    told.take("ask_extension")
    told.take("decide_extension")
    told.take("draft_reply")

    assert again(stories) == {Status.REVIEWING}
    for story in stories:
        actions = list(story.petition.events.filter(public=True).values_list("action", flat=True))
        assert actions[-4:] == ["raise_suggestion", "note_suggestion", "note_suggestion", "answer_suggestion"]
        texts = "".join(story.petition.events.values_list("text", flat=True))
        assert "2027年2月3日前" in texts
        assert "延长到2027年5月3日" in texts
        mails = Message.objects.filter(title__startswith=story.petition.number, recipient=None)
        assert mails.filter(title__contains="代表建议有新进展").count() == 2
        assert story.running.get(paused_on=None).duty == Duty.REVIEW


def test_the_cases_are_held_before_it_is_written_what_finds_them(office):
    told = raised_from(three_cases(office), office)

    with CaptureQueriesContext(connection) as asked:
        told.take("hand_over")

    said = [query["sql"] for query in asked]
    held = next(n for n, sql in enumerate(said) if sql.endswith('FOR UPDATE OF "petitions_petition"'))
    assert held < next(n for n, sql in enumerate(said) if sql.startswith('INSERT INTO "petitions_searchentry"'))


def test_each_resident_reads_the_answer_and_rates_it(office):
    stories = three_cases(office)
    told = raised_from(stories, office)
    told.take("hand_over")
    told.take("draft_reply", outcome="planned", promise="统一维护", promised_on=moment("2027-03-01 00:00").date())

    for story in stories:
        story.at = told.at
        story.take("pass_reply")
        story.take("rate")

    assert again(stories) == {Status.TRACKING}
    for story in stories:
        commitment = story.targets("commitment")[0]
        assert (commitment.organ, commitment.text) == (office.organ, "统一维护")
    # The cases took the promise up; the organ is not pressed for it once more.
    assert not SuggestionPromise.objects.exists()


def test_the_answer_is_found_by_exactly_those_who_read_it_on_the_cases_page(office, client):
    stories = three_cases(office)
    story = stories[0]
    told = raised_from(stories, office)
    told.take("hand_over")

    def readers(word):
        """Who finds the first case by a word, each of whom must read the word on its page, and nobody else."""
        found_by = set()
        for name in ("officer", "head", "committee", "clerk", "leader", "other_clerk", "deputy", "sponsor", "admin"):
            client.force_login(getattr(office, name))
            page = client.get(story.petition.get_absolute_url()).content.decode()
            numbers = found(client, f"q={word}")
            assert (story.petition.number in numbers) == (word in page), (name, word)
            found_by |= {name} if numbers else set()
        return found_by

    told.take("draft_reply", by="clerk", text="加装护栏三十米。")
    assert readers("护栏") == set()
    told.take("sign_off")
    assert {"officer", "head", "committee", "deputy"} <= readers("护栏")
    told.take("send_back")
    assert readers("护栏") == set()
    told.take("draft_reply", text="改设防撞墩。")
    assert {"officer", "head", "committee", "deputy"} <= readers("防撞墩")
    # Of two rounds, the page shows the last answer.
    told.take("rate", result="dissatisfied")
    told.take("draft_reply", text="另建便桥。")
    assert readers("防撞墩") == set()
    assert "head" in readers("便桥")
    assert found_in_public(client, "便桥") == []


def test_the_last_answer_of_before_is_found_once_the_new_version_has_entered_it(office):
    stories = three_cases(office)
    told = raised_from(stories, office)
    for action, facts in (
        ("hand_over", {}),
        ("draft_reply", {"text": "加装护栏。"}),
        ("rate", {"result": "dissatisfied"}),
    ):
        told.take(action, **facts)
    told.take("draft_reply", text="另建便桥。")
    entries = SearchEntry.objects.order_by("pk").values_list("grams", flat=True)
    wanted = list(entries.all())
    for story in stories:
        gone = [*grams("另建便桥")]
        SearchEntry.objects.filter(pk=story.petition.pk).update(
            grams=Func(F("grams"), Value(gone), function="ts_delete")
        )
    assert list(entries.all()) != wanted

    enter = import_module("petitions.migrations.0026_what_is_found_by_a_case").enter_answers
    enter(apps, connection.schema_editor(atomic=False))

    assert list(entries.all()) == wanted


def test_an_answer_sent_back_takes_the_cases_along_that_nobody_was_told_of(office):
    stories = three_cases(office)
    told = raised_from(stories, office)
    told.take("hand_over")
    told.take("draft_reply")
    stories[0].at = told.at
    stories[0].take("pass_reply")

    told.take("send_back")

    again(stories)
    assert [story.petition.status for story in stories] == [Status.RATING, Status.TRACKING, Status.TRACKING]
    told.take("draft_reply", text="每盏灯有专人维护。")
    again(stories)
    assert [story.petition.status for story in stories] == [Status.RATING, Status.REVIEWING, Status.REVIEWING]


def test_the_second_handling_takes_the_cases_back_and_tells_those_that_know_the_first_answer(office):
    stories = three_cases(office)
    told = raised_from(stories, office)
    told.take("hand_over")
    told.take("draft_reply")
    stories[0].at = told.at
    stories[0].take("pass_reply")
    told.take("rate", result="dissatisfied")
    again(stories)
    assert [story.petition.status for story in stories] == [Status.RATING, Status.TRACKING, Status.TRACKING]

    told.take("draft_reply", text="每盏灯有专人维护。")

    assert "再次答复" in stories[0].petition.events.filter(action="note_suggestion").last().text
    again(stories)
    assert stories[1].petition.status == Status.REVIEWING
    stories[1].at = told.at
    stories[1].take("pass_reply", text="每盏灯有专人维护。")
    assert stories[1].petition.outcome == Outcome.RESOLVED


@pytest.mark.parametrize("action", ["withdraw", "return_to_deputy"])
def test_without_a_suggestion_the_cases_wait_for_hand_over_with_a_new_clock(action, office):
    stories = three_cases(office)
    told = raised_from(stories, office)

    told.take(action)

    assert again(stories) == {Status.ACCEPTED}
    for story in stories:
        assert story.running.get().duty == Duty.HAND_OVER
        assert Message.objects.filter(
            title__startswith=story.petition.number, title__contains="代表建议已终止"
        ).exists()
        story.at = told.at
        story.take("hand_over")
        assert story.petition.status == Status.HANDLING


def test_a_case_with_an_unanswered_suggestion_cannot_close(office):
    story = Story.brought_to(Status.ACCEPTED, office)
    raised_from([story], office)

    for action in ("pass_reply", "rate", "close_with_opinion", "reopen"):
        with pytest.raises(ActionError):
            story.take(action)

    assert story.petition.status == Status.TRACKING


def test_a_case_that_waits_for_one_suggestion_is_not_raised_to_another(office):
    story = Story.brought_to(Status.ACCEPTED, office)
    raised_from([story], office)

    with pytest.raises(ActionError, match="跟踪办理"):
        raised_from([story], office)

    assert Suggestion.objects.count() == 1


def test_a_suggestion_is_not_raised_at_all_where_one_of_its_cases_cannot_be(office):
    ready, new = Story.brought_to(Status.ACCEPTED, office), Story.begin(office)

    with pytest.raises(ActionError):
        raised_from([ready, new], office)

    assert again([ready]) == {Status.ACCEPTED}
    assert not Suggestion.objects.exists()


def test_a_resident_sees_until_when_the_suggestion_is_answered(office):
    story = Story.brought_to(Status.ACCEPTED, office)
    told = raised_from([story], office)
    told.take("hand_over", at=moment("2026-11-03 10:00"))

    shown = clocks_told(story.petition)

    assert [(clock.duty, str(clock.due_on)) for clock in shown] == [(Duty.SUGGESTION, "2027-02-03")]


def test_unrated_the_suggestion_closes_and_the_residents_case_goes_its_own_way(office):
    story = Story.brought_to(Status.ACCEPTED, office)
    told = raised_from([story], office)
    told.take("hand_over", at=moment("2026-11-03 10:00"))
    told.take("draft_reply")

    services.sweep(at=moment("2026-11-18 00:10"))

    told.suggestion.refresh_from_db()
    assert told.suggestion.status == S.CLOSED
    assert again([story]) == {Status.REVIEWING}
