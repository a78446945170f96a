"""A county in which one of everything is going on, every word of which that is not public holds ``SECRET``."""

import datetime as dt
from uuid import uuid4

from accounts.models import Leave, Role, SignIn
from accounts.tokens import make_token
from deputies import services as receptions
from deputies.models import DeputyImport, NotePhoto, PosterJob
from insights.models import LedgerJob
from insights.services import locks
from notices.models import Message
from papers.models import Paper
from petitions import services
from petitions.models import Category, ErasureRequest, Photo, RefusalReason, Status, Suggestion
from petitions.periods import Period
from programmes.models import Document, Template
from programmes.services import guests
from programmes.services.documents import keep_document
from stations.models import Checklist, Finding
from supervision.models import Ladder, Rung, Term
from tests.factories import (
    OrganFactory,
    StationFactory,
    a_deputy,
    a_note,
    a_reception,
    a_region,
    a_user,
    picture,
    upload,
)
from tests.petitions.story import REPORTER, Story, moment
from tests.petitions.suggesting import Suggesting, an_office_with_a_sponsor
from tests.programmes.follow_up import a_programme, an_item
from tests.programmes.meeting_story import asked
from tests.programmes.office import an_activity
from tests.stations.test_checklists import an_inspection
from vault.services import keep

SECRET = "白鹭过塘"
PICTURE = {"width": 640, "height": 480}


def everything():
    """One of everything as a namespace; the moment is Tuesday, 3 November 2026."""
    home = an_office_with_a_sponsor()
    home.county, home.township = a_region("130503"), home.station.region
    home.deputies = [home.deputy_person, home.sponsor_person]
    _cases(home)
    _receptions(home)
    _programmes(home)
    _papers_and_jobs(home)
    return home


def _cases(home):
    told = {"title": f"{SECRET}路灯", "body": f"{SECRET}，灯不亮"}
    home.story = Story.brought_to(Status.HANDLING, home, at=moment("2026-11-02 10:00"), **told)
    home.case = home.story.petition
    home.closed = Story.brought_to(Status.REFUSED, home, at=moment("2026-11-02 10:00"), **told).petition
    home.clock = home.story.running.first()
    home.photo = Photo.objects.create(petition=home.case, file=upload(picture()), **PICTURE)
    home.erasure = ErasureRequest.objects.create(
        petition=home.case, proposer=home.story.proposer, asked_at=home.story.at, words=SECRET
    )
    others = [Story.begin(home, **told).petition for _ in range(2)]
    home.cluster = services.confirm_cluster(title=SECRET, cases=others, actor=home.officer)
    home.suggestion = Suggesting.brought_to(Suggestion.Status.HANDLING, home, title=SECRET, body=SECRET).suggestion
    home.category, home.reason = (
        Category.objects.create(path="路灯", name="路灯", level=1),
        RefusalReason.objects.first(),
    )
    home.letter = Paper.objects.get(case_number=home.closed.number)


def _receptions(home):
    identity = keep(REPORTER)
    home.reception = a_reception(home.station, deputies=[home.deputy_person], slot_minutes=20)
    home.appointment, _code = receptions.book(
        reception=home.reception, slot=dt.time(9), topic=SECRET, people=1, identity=REPORTER, submission_key=uuid4()
    )
    home.note = a_note(home.reception, home.officer, topic=SECRET, words=SECRET, identity=identity)
    home.note_photo = NotePhoto.objects.create(note=home.note, file=upload(picture()), **PICTURE)
    home.checklist = Checklist.objects.first()
    home.inspection = an_inspection(home.station, home.checklist, on=dt.date(2026, 11, 2))
    Finding.objects.filter(met=False).update(text=SECRET)
    home.finding = Finding.objects.get(met=False)


def _programmes(home):
    home.activity = an_activity(home, deputies=home.deputies)
    home.invitation = home.activity.invitations.first()
    home.guest, _code = guests.sign_up(activity=home.activity, identity=REPORTER, submission_key=uuid4())
    home.sign_up = guests.number_of(home.guest)
    home.document = keep_document(
        file=upload(SECRET.encode(), "材料.txt"), kind=Document.Kind.MATERIAL, activity=home.activity
    )
    home.programme = a_programme(home, title=SECRET)
    home.item = an_item(home, programme=home.programme, title=SECRET)
    home.meeting = asked(home, title=SECRET, body=SECRET)
    home.template = Template.objects.first()


def _papers_and_jobs(home):
    now = moment("2026-11-03 09:00")
    home.paper = Paper.objects.filter(kind=Paper.Kind.HAND_OVER).first()
    home.leave = Leave.objects.create(
        user=home.officer, substitute=home.head, starts_on=dt.date(2026, 11, 9), ends_on=dt.date(2026, 11, 10)
    )
    last_day = dt.date(2027, 11, 2)
    home.token, _shown = make_token(user=home.officer, name="综治平台", scopes=["read"], expires_on=last_day)
    home.sign_in = SignIn.objects.create(user=home.officer, session_key="theirs", since=now, seen_at=now)
    home.message = Message.objects.filter(recipient=home.officer).first()
    home.parked = Message.objects.create(
        outside_key="identity:3", topic="petition:1", title="XD-1", body=SECRET, dedupe_key="parked", status="parked",
        next_try_at=now,
    )  # fmt: skip
    home.posters = PosterJob.objects.create(region=home.township, size="a4", made_by=home.head)
    home.sheet = DeputyImport.objects.create(region=home.township, name=SECRET, rows=[], made_by=home.head)
    home.ledger = LedgerJob.objects.create(
        ledger="petitions", kind="csv", title=SECRET, made_by=home.head, made_at=now, file=upload(SECRET.encode())
    )
    home.lock = locks.lock_month(region=home.township, month=Period.parse("2026-10"), actor=home.head)
    home.ladder, home.rung, home.term = Ladder.objects.first(), Rung.objects.first(), Term.objects.first()


def foreigners():
    """By name, somebody of every role of another county, and nobody at all."""
    county, station = a_region("130502"), StationFactory(region=a_region("130502100"))
    organ = OrganFactory(name="襄都区水务局", region=county)
    scopes = {
        Role.OFFICER: station, Role.HEAD: station.region, Role.COMMITTEE: county, Role.VIEWER: county,
        Role.CLERK: organ, Role.LEADER: organ,
    }  # fmt: skip
    users = {role.value: a_user(role, scopes.get(role), name=f"外{role.label}") for role in Role}
    a_deputy("襄都代表", user=users["deputy"], station=station)
    return {"anonymous": None} | users
