"""Like cases under one head: confirmed, handed over and answered together, and seen by whoever sees one of them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.urls import reverse

from accounts.models import Role
from notices.models import Message
from petitions import services
from petitions.clusterfile import ClusterFile, clusters_of, proposals
from petitions.errors import ActionError
from petitions.models import Assignment, Cluster, Petition, Status
from petitions.views.desk import clusters
from supervision.models import Clock, Duty
from tests.factories import StationFactory, a_region, a_user, load_years
from tests.petitions.story import REPORTER, Story, an_office, moment

NOW = moment("2026-11-03 10:00")
TOWN = "130503101"


def lamps(office, status=Status.SUBMITTED, count=2, **facts):
    return [Story.brought_to(status, office, **facts) for _n in range(count)]


def confirmed(office, stories, **facts):
    facts = {"title": "路灯不亮", "actor": office.head, "at": NOW} | facts
    return services.confirm_cluster(cases=[story.petition for story in stories], **facts)


def refreshed(stories):
    for story in stories:
        story.petition.refresh_from_db()
    return [story.petition for story in stories]


def elsewhere(**facts):
    """A case of another township of the county, with whoever heads it there."""
    station = StationFactory(region=a_region(TOWN))
    petition, _code = services.submit(
        station=station,
        region=station.region,
        title="路灯也不亮",
        body="村口三盏路灯坏了半个月。",
        secrecy=Petition.Secrecy.ANONYMOUS,
        submission_key="5e0d2a90-0000-4000-8000-000000000001",
        at=moment("2026-11-02 11:00"),
        **facts,
    )
    return petition, a_user(Role.HEAD, station.region)


def test_a_confirmed_cluster_stands_in_the_record_of_each_case_and_residents_read_it(office, client):
    one, other = lamps(office)

    cluster = confirmed(office, (one, other), note="同一条路")

    assert [case.cluster for case in refreshed((one, other))] == [cluster, cluster]
    for case in (one.petition, other.petition):
        event = case.events.get(action="group")
        assert event.public
        assert event.link == cluster.get_absolute_url()
        assert other.petition.number not in event.text
        assert one.petition.number not in event.text


@pytest.mark.parametrize(
    ("what", "why"),
    [("one", "至少选择两件"), ("over", "已撤回"), ("taken", "已在另一组"), ("foreign", "1件您没有权限")],
)
def test_what_does_not_fit_is_named_and_none_is_taken_in(office, what, why):
    stories = lamps(office)
    cases = [story.petition for story in stories]
    if what == "one":
        cases = cases[:1]
    elif what == "over":
        cases.append(Story.brought_to(Status.WITHDRAWN, office).petition)
    elif what == "taken":
        taken = lamps(office)
        confirmed(office, taken)
        cases.append(taken[0].petition)
    else:
        cases.append(elsewhere()[0])

    with pytest.raises(ActionError, match=why) as refused:
        services.confirm_cluster(title="路灯", cases=cases, actor=office.head, at=NOW)

    assert all(case.cluster_id is None for case in refreshed(stories))
    if what == "foreign":
        assert cases[-1].number not in str(refused.value)
    elif what != "one":
        assert cases[-1].number in str(refused.value)


@pytest.mark.parametrize("name", ["viewer", "clerk", "deputy", "stranger", "admin"])
def test_only_the_stations_side_confirms(office, name):
    stories = lamps(office)

    with pytest.raises(ActionError, match="没有权限"):
        confirmed(office, stories, actor=getattr(office, name))

    assert not Cluster.objects.exists()


def test_cases_are_added_and_removed_and_the_last_one_dissolves_the_cluster(office):
    stories = lamps(office)
    third = Story.begin(office)
    cluster = confirmed(office, stories)

    services.add_to_cluster(cluster=cluster, cases=[third.petition], actor=office.officer, at=NOW)
    assert cluster.petitions.count() == 3
    services.remove_from_cluster(cluster=cluster, cases=[third.petition], actor=office.officer, at=NOW)
    assert third.petition.events.filter(action="ungroup", public=True).exists()
    with pytest.raises(ActionError, match="已不在这组"):
        services.remove_from_cluster(cluster=cluster, cases=[third.petition], actor=office.officer, at=NOW)

    services.remove_from_cluster(cluster=cluster, cases=refreshed(stories), actor=office.officer, at=NOW)
    cluster.refresh_from_db()
    assert cluster.dissolved_at == NOW
    with pytest.raises(ActionError, match="已经解除"):
        services.add_to_cluster(cluster=cluster, cases=[third.petition], actor=office.officer, at=NOW)


def test_a_cluster_over_two_townships_is_dissolved_by_whoever_has_both(office):
    story, (foreign, _their_head) = Story.begin(office), elsewhere()
    cluster = services.confirm_cluster(title="路灯", cases=[story.petition, foreign], actor=office.committee, at=NOW)

    with pytest.raises(ActionError, match="1件您没有权限"):
        services.dissolve_cluster(cluster=cluster, actor=office.head, at=NOW)
    services.dissolve_cluster(cluster=cluster, actor=office.committee, at=NOW)

    assert not Petition.objects.filter(cluster=cluster).exists()


def test_who_sees_one_case_sees_the_cluster_and_counts_only_what_they_see(office):
    story, (foreign, their_head) = Story.begin(office), elsewhere()
    cluster = services.confirm_cluster(title="路灯", cases=[story.petition, foreign], actor=office.committee, at=NOW)

    for user, seen in (
        (office.committee, 2),
        (office.viewer, 2),
        (office.head, 1),
        (their_head, 1),
        (office.deputy, 1),
    ):
        assert clusters_of(user).get(pk=cluster.pk).seen == seen
        assert len(ClusterFile(cluster, user).cases) == seen
    for user in (office.stranger, office.clerk, office.admin):
        assert not Cluster.objects.visible_to(user).exists()


def test_all_accepted_cases_are_handed_over_each_with_its_own_clock(office):
    stories = lamps(office, Status.ACCEPTED)
    cluster = confirmed(office, stories)

    services.hand_over_cluster(
        cluster=cluster,
        cases=refreshed(stories),
        actor=office.head,
        lead=office.organ,
        co_organs=[office.other_organ],
        at=NOW,
    )

    for case in refreshed(stories):
        assert case.status == Status.HANDLING
        parts = Assignment.objects.filter(round__petition=case)
        assert [part.organ for part in parts] == [office.organ, office.other_organ]
        assert Clock.objects.running().filter(petition_link__petition=case, duty=Duty.ANSWER).count() == 2


def test_what_cannot_be_handed_over_is_named_before_anything_happens(office):
    stories = [*lamps(office, Status.ACCEPTED), Story.begin(office)]
    cluster = confirmed(office, stories)
    cases = refreshed(stories)

    for actor, named in ((office.head, [cases[2].number]), (office.officer, [case.number for case in cases])):
        with pytest.raises(ActionError, match="没有办理任何一件") as refused:
            services.hand_over_cluster(cluster=cluster, cases=cases, actor=actor, lead=office.organ, at=NOW)
        assert [case.number for case in cases if case.number in str(refused.value)] == named

    assert not Assignment.objects.exists()


def test_one_answer_reaches_everybody_who_brought_joined_or_was_merged_and_each_rates_their_own(office):
    stories = lamps(office, Status.REVIEWING)
    joined = dict(REPORTER, email="joined@example.invalid")
    services.join(
        petition=stories[0].petition,
        note="",
        identity=joined,
        submission_key="5e0d2a90-0000-4000-8000-000000000002",
        at=NOW,
    )
    merged = Story.begin(office, identity=dict(REPORTER, email="merged@example.invalid"))
    services.merge(petition=merged.petition, into=stories[1].petition, actor=office.head, at=NOW)
    cluster = confirmed(office, stories)

    services.pass_reply_cluster(
        cluster=cluster, cases=refreshed(stories), actor=office.head, text="路灯都已修好。", at=NOW
    )

    told = Message.objects.filter(body="路灯都已修好。", title__contains="已有答复")
    proposers = [story.proposer for story in (*stories, merged)]
    proposers += list(stories[0].petition.proposers.filter(is_first=False))
    assert {message.outside_key for message in told} == {one.identity.outside_key for one in proposers}
    assert [case.status for case in refreshed(stories)] == [Status.RATING, Status.RATING]
    for story in stories:
        assert story.petition.rounds.get().reply == "路灯都已修好。"
    stories[0].take("rate", at=moment("2026-11-04 09:00"))
    assert [case.status for case in refreshed(stories)] == [Status.CLOSED, Status.RATING]


def test_cases_that_are_alike_are_proposed_to_those_who_may_confirm(office):
    stories = lamps(office)
    Story.begin(office, title="学校食堂饭菜凉", body="孩子说中午的饭菜总是凉的，希望加热。")

    assert proposals(office.officer) == [[story.petition for story in stories]]
    assert proposals(office.viewer) == []
    confirmed(office, stories)
    assert proposals(office.officer) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_overlapping_clusters_at_once_one_is_told(transactional_db):
    load_years(2026)
    office = an_office()
    first, shared, last = (Story.begin(office) for _n in range(3))

    def confirm(pair):
        try:
            confirmed(office, pair)
        except ActionError as refusal:
            return str(refusal)
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(confirm, ((first, shared), (last, shared))))

    assert answers[0] == ""
    assert shared.petition.number in answers[1]
    assert "已在另一组" in answers[1]
    assert Cluster.objects.count() == 1
    assert Petition.objects.exclude(cluster=None).count() == 2


# Pages


def test_from_a_proposal_to_the_cluster_and_to_the_hand_over(office, at_desk):
    stories = lamps(office, Status.ACCEPTED)
    numbers = [story.petition.number for story in stories]
    browser = at_desk("head")
    listed = browser.get(reverse("petitions:clusters")).content.decode()
    assert "可能是同类的意见" in listed
    assert all(number in listed for number in numbers)

    new = f"{reverse('petitions:new_cluster')}?case={numbers[0]}&case={numbers[1]}"
    assert all(number in browser.get(new).content.decode() for number in numbers)
    refused = browser.post(new, {"cases": numbers, "title": "", "note": "同一条路"})
    assert refused.status_code == 422
    assert "同一条路" in refused.content.decode()
    made = browser.post(new, {"cases": numbers, "title": "路灯不亮"})
    cluster = Cluster.objects.get()
    assert made["Location"] == cluster.get_absolute_url()
    assert browser.post(new, {"cases": numbers, "title": "路灯不亮"}).status_code == 409

    page = browser.get(cluster.get_absolute_url()).content.decode()
    assert all(number in page for number in numbers)
    assert "一起交办" in page
    assert "一起答复" not in page
    act = reverse("petitions:act_on_cluster", args=[cluster.pk, "hand_over"])
    assert browser.post(act, {"cases": numbers}).status_code == 422
    handed = browser.post(act, {"cases": numbers, "lead": office.organ.pk})
    assert handed.status_code == 302
    assert {case.status for case in refreshed(stories)} == {Status.HANDLING}
    again = browser.post(act, {"cases": numbers, "lead": office.organ.pk})
    assert again.status_code == 422
    assert "刷新后再选" in again.content.decode()
    assert Assignment.objects.count() == 2
    assert cluster.title in browser.get(stories[0].petition.get_absolute_url()).content.decode()


def test_an_answer_is_offered_with_the_organs_words_and_given_to_the_chosen_cases(office, at_desk):
    stories = lamps(office, Status.REVIEWING)
    cluster = confirmed(office, stories)
    browser = at_desk("head")
    assert "路灯已更换。" in browser.get(cluster.get_absolute_url()).content.decode()

    numbers = [stories[0].petition.number]
    act = reverse("petitions:act_on_cluster", args=[cluster.pk, "pass_reply"])
    assert browser.post(act, {"cases": numbers, "text": "都修好了。"}).status_code == 302

    assert [case.status for case in refreshed(stories)] == [Status.RATING, Status.REVIEWING]


def test_cases_are_added_removed_and_the_cluster_dissolved_from_its_page(office, at_desk):
    stories = lamps(office)
    third = Story.begin(office)
    cluster = confirmed(office, stories)
    browser = at_desk("officer")

    def act(action, **typed):
        return browser.post(reverse("petitions:act_on_cluster", args=[cluster.pk, action]), typed)

    assert act("add", number="XD-20261102-99999").status_code == 422
    assert act("add", number=third.petition.number).status_code == 302
    assert act("add", number=third.petition.number).status_code == 409
    assert act("remove", cases=[]).status_code == 422
    assert act("remove", cases=[third.petition.number]).status_code == 302
    assert act("nonsense").status_code == 404
    assert act("dissolve")["Location"] == reverse("petitions:clusters")
    assert browser.get(cluster.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(("name", "status"), [("viewer", 200), ("deputy", 200), ("stranger", 404), ("clerk", 404)])
def test_a_cluster_is_open_to_whoever_sees_a_case_of_it_and_actions_to_the_station(office, at_desk, name, status):
    cluster = confirmed(office, lamps(office))
    browser = at_desk(name)

    page = browser.get(cluster.get_absolute_url())

    assert page.status_code == status
    assert "解除" not in page.content.decode()
    answer = browser.post(reverse("petitions:act_on_cluster", args=[cluster.pk, "dissolve"]))
    assert answer.status_code in (403, 404)
    assert Cluster.objects.get().dissolved_at is None


def test_an_empty_list_says_what_would_fill_it(office, at_desk):
    assert "还没有同类事项" in at_desk("officer").get(reverse("petitions:clusters")).content.decode()


def test_a_long_list_has_leaves_and_none_is_left_out(office, at_desk, monkeypatch):
    monkeypatch.setattr(clusters, "LEAF", 2)
    stories = lamps(office, count=3)
    for story in stories:
        made = Cluster.objects.create(
            title=f"事项{story.petition.pk}",
            station=office.station,
            confirmed_by=office.head,
            confirmed_at=NOW,
        )
        Petition.objects.filter(pk=story.petition.pk).update(cluster=made)
    browser = at_desk("officer")
    first = browser.get(reverse("petitions:clusters"))

    assert len(first.context["rows"]) == 2
    second = browser.get(first.context["older"])
    assert [row.title for row in second.context["rows"]] == [f"事项{stories[0].petition.pk}"]
    assert browser.get(reverse("petitions:clusters") + "?after=x_y").status_code == 200


@pytest.mark.parametrize("count", [2, 8])
def test_the_pages_take_ten_queries_whatever_they_show(office, at_desk, count, django_assert_max_num_queries):
    cluster = confirmed(office, lamps(office, Status.ACCEPTED, count=count))
    lamps(office, count=count)
    browser = at_desk("head")

    for address in (cluster.get_absolute_url(), reverse("petitions:clusters")):
        with django_assert_max_num_queries(11):
            assert browser.get(address).status_code == 200
