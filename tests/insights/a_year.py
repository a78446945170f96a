"""Cases of four months that between them have every figure."""

import datetime as dt

from petitions.models import Category, Status
from tests.factories import StationFactory, a_region
from tests.petitions.story import Story, moment


def topic(name):
    return Category.objects.get_or_create(path=name, name=name, level=1)[0]


def a_year(office):
    """Cases of four months that between them have every figure."""
    road, light = topic("交通"), topic("城建")
    below = Category.objects.create(path="城建/照明", name="照明", level=2, parent=light)
    near = StationFactory(region=a_region("130503101"))
    for status in (Status.REFUSED, Status.MERGED, Status.WITHDRAWN, Status.HANDLING):
        Story.brought_to(status, office, at=moment("2026-10-12 10:00"), category=below)
    for day in ("2026-07-30", "2026-09-30"):
        twice_answered(Story.begin(office, at=moment(f"{day} 10:00"), category=road))
        late_with_two_organs(Story.begin(office, at=moment(f"{day} 11:00")))
        promising(Story.begin(office, at=moment(f"{day} 12:00"), category=light), kept=day < "2026-09")
        Story.begin(office, station=near, region=near.region, at=moment(f"{day} 13:00"), category=road).take("join")
    returned = Story.brought_to(Status.HANDLING, office, at=moment("2026-09-30 15:00"))
    returned.take("ask_return")
    returned.take("decide_return", to=office.other_organ)
    for outcome, result in (("not_feasible", "dissatisfied"), ("resolved", "basically")):
        at_once = Story.begin(office, at=moment("2026-11-02 10:00"), deputy=office.deputy_person)
        at_once.take("answer_on_spot", outcome=outcome)
        at_once.take("rate", result=result, process="dissatisfied")


def twice_answered(story):
    """Answered, not satisfactory, answered again some days later."""
    for action in ("accept", "hand_over", "reply", "pass_reply"):
        story.take(action)
    story.take("rate", result="dissatisfied")
    story.take("reply", at=story.at + dt.timedelta(days=6))
    story.take("pass_reply")
    story.take("rate", result="satisfied")


def late_with_two_organs(story):
    """One organ in time, the other three weeks later."""
    for action in ("accept", "hand_over", "add_organ", "reply"):
        story.take(action)
    story.take("reply", at=story.at + dt.timedelta(days=35))
    story.take("pass_reply")


def promising(story, *, kept):
    """Two promises of one case; both are kept, or the first is not and the second stays open."""
    for action in ("accept", "hand_over"):
        story.take(action)
    story.take(
        "promise", promised_on=story.at.date() + dt.timedelta(days=20), outcome="planned" if kept else "in_progress"
    )
    story.take("pass_reply")
    story.take("register_promise")
    story.take("rate", result="basically")
    for _promise in range(2 if kept else 1):
        story.take("report_delivery")
        story.take("verify_delivery", kept=kept)
