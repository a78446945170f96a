"""What the office's own history proposes for a new case: learned by a command, off until switched on, never applied."""

import io
import logging
from uuid import uuid4

import numpy as np
import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from petitions.models import Category, Petition, Status, TopicModel
from petitions.services.topics import switch_off, train
from petitions.topics.history import decided_cases, kind_of
from petitions.topics.learned import Learned, pieces
from petitions.topics.proposals import loaded
from petitions.topics.training import Pieces, Sample, learn
from stations.models import Organ
from supervision.models import RuleChange
from tests.factories import OrganFactory, a_region
from tests.petitions.story import Story, moment

LIGHTS, ROADS, WATER = "城乡建设/城市建设和市政管理", "交通运输/公路管理", "城乡建设/供水"
WORDS = {
    LIGHTS: ("路灯坏了", "街边的路灯坏了{n}天，晚上一片漆黑，请派人维修灯杆。"),
    ROADS: ("公路坑洼", "通往{n}组的公路坑洼不平，货车压坏路面，请重铺沥青。"),
}


@pytest.fixture(autouse=True)
def _on_a_tuesday():
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        yield


@pytest.fixture
def topics(db):
    """Topics of the first and second level, by path."""
    found = {}
    for path in (LIGHTS, ROADS, WATER):
        first, second = path.split("/")
        parent, _new = Category.objects.get_or_create(path=first, defaults={"name": first, "level": 1})
        found[path] = Category.objects.create(path=path, name=second, level=2, parent=parent)
    return found


@pytest.fixture
def history(office, topics):
    """Twelve accepted cases of each of two topics, those of roads important."""
    Petition.objects.bulk_create(
        Petition(
            number=f"XD-20261001-{len(path)}{n:04}",
            station=office.station,
            region=office.station.region,
            title=title,
            body=body.format(n=n),
            category=topics[path],
            severity=1 if path == ROADS else 0,
            status=Status.ACCEPTED,
            submitted_at=moment("2026-10-01 10:00"),
            accepted_at=moment("2026-10-02 10:00"),
            submission_key=uuid4(),
        )
        for path, (title, body) in WORDS.items()
        for n in range(12)
    )


@pytest.fixture(scope="module")
def content():
    """A model of such a history; those of lights went to the organ of water, those of roads to the organ of building."""
    answers = {
        LIGHTS: {"topic": "城乡建设", "subtopic": LIGHTS, "organ": "水务局", "severity": "0"},
        ROADS: {"topic": "交通运输", "subtopic": ROADS, "organ": "住建局", "severity": "1"},
    }
    learned, _scores = learn([Sample(each.title, each.body, answers[each.answers["topic"]]) for each in samples()])
    return learned.to_bytes()


@pytest.fixture
def trained(topics, content):
    """That model, switched on."""
    loaded.cache_clear()
    Organ.objects.update(region="130503")
    trained_at = moment("2026-11-01 10:00")
    yield TopicModel.objects.create(version=1, trained_at=trained_at, cases=24, content=content, active=True)
    loaded.cache_clear()


def page_of(browser, case):
    return browser.get(case.petition.get_absolute_url()).content.decode()


def act(browser, story, action, **fields):
    return browser.post(reverse("petitions:act", args=[story.petition.number, action]), fields)


def test_a_new_case_is_given_the_topic_organ_and_severity_of_cases_like_it(office, trained, at_desk):
    story = Story.begin(office, title="公路路面坏了", body="村口公路坑洼，请重铺沥青路面。")

    page = page_of(at_desk("head"), story)

    proposed = page.split("建议的类别")[1].split('name="category"')[0]
    assert (
        proposed.index("交通运输 › 公路管理")
        < proposed.index("城乡建设 › 城市建设和市政管理")
        < proposed.index("不采纳")
    )
    assert "依据：" in proposed
    assert "公路" in proposed
    assert "重要" in page.split("建议的等级")[1].split('name="severity"')[0]

    story.take("accept")
    page = page_of(at_desk("head"), story)
    proposed = page.split("建议的主办单位")[1].split('name="lead"')[0]
    assert proposed.index("信都区住建局") < proposed.index("信都区水务局")


def test_of_the_townships_own_organs_that_of_the_cases_township_is_proposed(office, trained, at_desk):
    here, elsewhere = office.station.region, a_region("130503999")
    own = OrganFactory(name=f"{here.name}水务局", region=here)
    others = OrganFactory(name=f"{elsewhere.name}水务局", region=elsewhere)
    story = Story.begin(office, title="路灯坏了", body="街边的路灯坏了，晚上一片漆黑。")
    story.take("accept")

    proposed = page_of(at_desk("head"), story).split("建议的主办单位")[1].split('name="lead"')[0]

    assert own.name in proposed
    assert others.name not in proposed


def test_nothing_is_applied_unless_somebody_takes_it(office, trained, at_desk):
    story = Story.begin(office, title="公路路面坏了", body="村口公路坑洼，请重铺沥青路面。")

    act(at_desk("head"), story, "accept", nature="ordinary", severity="0")

    story.petition.refresh_from_db()
    assert story.petition.status == Status.ACCEPTED
    assert story.petition.category is None
    assert story.petition.severity == 0


def test_one_press_takes_a_proposal_without_the_long_list(office, trained, topics, at_desk):
    story = Story.begin(office, title="公路路面坏了", body="村口公路坑洼，请重铺沥青路面。")
    browser = at_desk("head")

    taken = {"proposed_category": topics[ROADS].pk, "proposed_severity": "1"}
    act(browser, story, "accept", nature="ordinary", severity="0", **taken)
    act(browser, story, "hand_over", proposed_lead=office.other_organ.pk)

    story.petition.refresh_from_db()
    assert story.petition.category == topics[ROADS]
    assert story.petition.severity == 1
    assert story.petition.status == Status.HANDLING
    assert story.petition.rounds.get().assignments.get().organ == office.other_organ


def test_what_is_chosen_in_the_list_goes_before_the_proposal(office, trained, topics, at_desk):
    story = Story.begin(office, title="公路路面坏了", body="村口公路坑洼。")

    both = {"proposed_category": topics[ROADS].pk, "category": topics[WATER].pk}
    act(at_desk("head"), story, "accept", nature="ordinary", severity="2", proposed_severity="1", **both)

    story.petition.refresh_from_db()
    assert story.petition.category == topics[WATER]
    assert story.petition.severity == 2


def test_a_proposal_that_was_pressed_counts_although_the_model_was_switched_off_meanwhile(
    office, trained, topics, at_desk
):
    story = Story.begin(office)
    switch_off()

    act(at_desk("head"), story, "accept", nature="ordinary", severity="0", proposed_category=topics[ROADS].pk)

    story.petition.refresh_from_db()
    assert story.petition.category == topics[ROADS]


def test_a_topic_out_of_use_is_neither_proposed_nor_taken(office, trained, topics, at_desk):
    Category.objects.filter(path=ROADS).update(active=False)
    story = Story.begin(office, title="公路路面坏了", body="村口公路坑洼，请重铺沥青路面。")
    browser = at_desk("head")

    assert "公路管理" not in page_of(browser, story)
    answer = act(browser, story, "accept", nature="ordinary", severity="0", proposed_category=topics[ROADS].pk)

    assert answer.status_code == 422
    story.petition.refresh_from_db()
    assert story.petition.status == Status.SUBMITTED


def test_a_case_must_have_an_organ_whether_one_is_proposed_or_not(office, trained, brought_to, at_desk):
    story = brought_to(Status.ACCEPTED)

    answer = act(at_desk("head"), story, "hand_over", proposed_lead="")

    assert answer.status_code == 422
    assert "请选择单位。" in answer.content.decode()


def test_what_was_proposed_and_what_was_chosen_stays_in_the_log(office, trained, topics, at_desk, caplog):
    story = Story.begin(office, title="公路路面坏了", body="村口公路坑洼，请重铺沥青路面。")
    caplog.set_level(logging.INFO, logger="petitions.topics")

    act(at_desk("head"), story, "accept", nature="ordinary", severity="0", category=topics[WATER].pk)

    said = next(record.getMessage() for record in caplog.records if "category" in record.getMessage())
    assert said.startswith(f"topic model {trained.version} proposed category [{topics[ROADS].pk}, ")
    assert said.endswith(f"for {story.petition.number}, chosen {topics[WATER].pk}")
    assert "公路" not in said


def test_nothing_is_proposed_before_a_model_is_switched_on(office, history, at_desk):
    train()
    story = Story.begin(office, title="公路路面坏了", body="村口公路坑洼。")

    assert "建议的类别" not in page_of(at_desk("head"), story)


def test_the_organ_side_is_proposed_nothing(office, trained, brought_to, at_desk):
    story = brought_to(Status.HANDLING)

    assert "建议的" not in page_of(at_desk("clerk"), story)


def test_proposals_cost_the_page_no_query(office, trained, at_desk, django_assert_max_num_queries):
    story = Story.begin(office, title="公路路面坏了", body="村口公路坑洼。")
    browser = at_desk("head")
    assert "建议的类别" in page_of(browser, story)

    with django_assert_max_num_queries(10):
        page_of(browser, story)


def test_the_command_trains_shows_its_scores_and_switches_on_and_off(history, capsys):
    call_command("train_topics")
    said = capsys.readouterr().out
    assert "第1版" in said
    assert "一级类别：24 件、2 类，首选对 100.0%" in said
    assert "尚未启用" in said
    assert not TopicModel.objects.get().active

    call_command("train_topics", "--switch-on=1")
    assert TopicModel.objects.get().active
    call_command("train_topics")
    call_command("train_topics", "--switch-on=2")
    assert list(TopicModel.objects.values_list("version", "active")) == [(2, True), (1, False)]
    call_command("train_topics", "--list")
    assert "第2版" in capsys.readouterr().out
    call_command("train_topics", "--switch-off")
    assert not TopicModel.objects.filter(active=True).exists()
    with pytest.raises(CommandError, match="没有第9版"):
        call_command("train_topics", "--switch-on=9")


def test_an_office_without_history_is_told_what_is_missing(office, case):
    with pytest.raises(CommandError, match="已受理的意见还不够"):
        call_command("train_topics")

    assert not TopicModel.objects.exists()


def test_a_case_that_nobody_accepted_teaches_nothing(office, case, topics):
    Petition.objects.update(category=topics[LIGHTS])
    assert decided_cases() == []

    case.take("accept")

    answers = {"topic": "城乡建设", "subtopic": LIGHTS, "severity": "0"}
    assert decided_cases() == [("村口路灯不亮", "村口三盏路灯坏了半个月，老人晚上不敢出门。", answers)]


def test_imported_cases_teach_topics_but_no_severity(office, case, topics):
    at = moment("2020-01-02 10:00")
    Petition.objects.update(
        channel=Petition.Channel.IMPORT, category=topics[LIGHTS], status="closed", closed_how="imported", accepted_at=at
    )

    assert [set(answers) for _title, _body, answers in decided_cases()] == [{"topic", "subtopic"}]


def test_counties_learn_of_their_organs_from_each_other():
    assert kind_of("信都区教育局", "信都区") == kind_of("内丘县教育局", "内丘县") == "教育局"
    assert kind_of("市供电公司", "邢台市") == "市供电公司"
    assert kind_of("信都区", "信都区") == "信都区"


def samples(many=12):
    return [
        Sample(title, body.format(n=n), {"topic": path}) for path, (title, body) in WORDS.items() for n in range(many)
    ]


def test_a_model_answers_as_the_regression_that_trained_it():
    taught = samples()
    learned, _scores = learn(taught)
    reader, names = Pieces(), sorted(WORDS)
    fitted = reader.ridge(reader.fit(taught), [each.answers["topic"] for each in taught], names)
    asked = Sample("公路上的路灯", "公路边的路灯坏了，路灯路灯，漆黑一片。", {})

    wanted = dict(zip(names, fitted.predict(reader.read([asked]))[0], strict=True))

    found = {guess.answer: guess.score for guess in learned.guesses("topic", asked.title, asked.body)}
    assert found == pytest.approx(wanted, abs=0.002)


def test_a_stored_model_answers_as_before_and_holds_no_code():
    learned, _scores = learn(samples())
    content = learned.to_bytes()

    read = Learned.from_bytes(content)

    assert read.guesses("topic", "路灯", "灯杆") == learned.guesses("topic", "路灯", "灯杆")
    file = io.BytesIO()
    np.savez(file, **{"title.known": np.array([print], dtype=object)})
    with pytest.raises(ValueError, match="allow_pickle"):
        Learned.from_bytes(file.getvalue())


def test_a_model_keeps_no_piece_longer_than_two_signs_or_of_a_single_case():
    taught = [*samples(), Sample("独一无二", "电话13900000042", {"topic": ROADS})]
    learned, _scores = learn(taught)

    kept = {*learned.title.known.tolist(), *learned.body.known.tolist()}

    assert max(map(len, kept)) == 2
    assert not kept & {"独一", "无二", "39", "42"}


def test_a_question_that_history_cannot_answer_is_left_out():
    mixed = [Sample("路灯坏了", f"第{n}天", {"topic": "甲" if n % 3 else "乙"}) for n in range(36)]

    learned, scores = learn(mixed)

    assert scores["topic"]["first"] <= scores["topic"]["usual"]
    assert learned.questions == {}
    assert learned.guesses("topic", "路灯", "坏了") == []


def test_an_empty_or_strange_text_is_answered_too():
    learned, _scores = learn(samples())

    assert len(learned.guesses("topic", "", "")) == 2
    assert len(learned.guesses("topic", "！？", "zzz")) == 2


def test_a_text_is_read_in_signs_and_pairs_as_the_search_reads_it():
    assert pieces("路灯，Ａ路灯") == ["路", "灯", "a", "路", "灯", "路灯", "灯a", "a路", "路灯"]


def test_the_committee_reads_the_scores_and_puts_a_version_in_use(history, office, at_desk):
    call_command("train_topics")
    call_command("train_topics")
    browser = at_desk("committee")

    page = browser.get("/desk/proposals/").content.decode()
    assert "第2版" in page
    assert "100.0%" in page
    browser.post("/desk/proposals/2/use/")
    assert list(TopicModel.objects.values_list("version", "active")) == [(2, True), (1, False)]
    browser.post("/desk/proposals/1/use/")
    assert list(TopicModel.objects.values_list("version", "active")) == [(2, False), (1, True)]
    browser.post("/desk/proposals/stop/")
    assert not TopicModel.objects.filter(active=True).exists()
    said = list(RuleChange.objects.order_by("pk").values_list("what", "by"))
    by = office.committee.pk
    assert said == [("启用智能建议第2版", by), ("启用智能建议第1版", by), ("停用智能建议", by)]
    assert browser.post("/desk/proposals/9/use/").status_code == 404


def test_an_officer_reads_the_scores_and_changes_nothing(history, office, at_desk):
    call_command("train_topics")
    browser = at_desk("officer")
    assert "use/" not in browser.get("/desk/proposals/").content.decode()
    assert browser.post("/desk/proposals/1/use/").status_code == 403
    assert not TopicModel.objects.filter(active=True).exists()
