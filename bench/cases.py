"""Cases as rows: which life each leads, when its steps were, and everything that they leave behind."""

import datetime as dt
import random
from types import SimpleNamespace
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from bench import lives
from bench.days import Days, submitted
from bench.lives import Life, pick
from bench.rows import Table
from bench.words import (
    COMMON_EVERY,
    COMMON_SENTENCE,
    COMMON_TITLE,
    RARE_CASES,
    RARE_SENTENCE,
    Words,
)
from notices.models import Message
from petitions import models
from petitions.models import Category
from petitions.models.petition import ClockLink
from petitions.search import entered_by, published_by, vector
from supervision.models import Clock, Duty, Pause, Reminder, Term
from supervision.reckoning import facts_of, load_ladders
from vault.codes import hash_code
from vault.models import Identity
from vault.sealing import seal
from workdays.services import load_calendar

CODE = "AAAAA-AAAAA"  # the query code of every case
CLOCKS, EVENTS, PARTS, ROUNDS = 16, 64, 4, 2  # most of each in a case; keys follow from the case's own
OPEN_OF = 0.11  # the share of cases that are open, all of them among the latest
WAITED, MOVED_WITHIN = 5, 6  # working days since an open case's last step (mean), and since the first before it
LATEST = 0.14  # the share of all cases among which the open ones are
UNSCREENED = 0.02  # the share of all cases among which those are that nobody has screened yet
LONG_EVERY = 2500  # one case in so many has fifty events
PUBLISHED, CONSENTED, ANONYMOUS = 0.04, 0.3, 0.15
MESSAGE_EVERY = 10
OWNERS = ("owner_organ_id", "owner_station_id")


def tables():
    """The tables that cases fill, in no order that matters: their keys are looked at afterwards."""
    return {
        "identity": Table(Identity, "id", "sealed"),
        "clock": Table(
            Clock, "id", "duty", *OWNERS, "station_id", "title", "link", "category", "term_id", "started_at", "length",
            "unit", "due_on", "original_due_on", "provisional", "explanation", "calendar_version", "paused_on",
            "stopped_at", "next_rung_at", "severity",
        ),
        "pause": Table(Pause, "id", "clock_id", "from_on", "why"),
        "reminder": Table(Reminder, "id", "clock_id", "rung_id", "occurrence", "name", "colour", "at", "must_acknowledge"),
        "petition": Table(
            models.Petition, "id", "number", "station_id", "deputy_id", "region_id", "place", "category_id", "title",
            "body", "secrecy", "nature", "severity", "status", "outcome", "publication", "public_title", "summary",
            "published_at", "refusal_reason", "right_channel", "closed_how", "submitted_at", "current_round",
            "accepted_at", "closed_at", "stage_clock_id", "submission_key",
        ),
        "link": Table(ClockLink, "id", "petition_id", "clock_id", "round"),
        "round": Table(models.Round, "id", "petition_id", "number", "opened_at", "why", "outcome", "reply", "told_at",
                       "closed_at"),
        "proposer": Table(models.Proposer, "id", "petition_id", "code_hash", "joined_at", "submission_key",
                          "identity_id"),
        "event": Table(models.Event, "id", "petition_id", "at", "action", "from_status", "to_status", "actor_id",
                       "actor_label", "text", "public"),
        "part": Table(
            models.Assignment, "id", "round_id", "organ_id", "is_lead", "state", "dispatched_at", "dispatched_by_id",
            "signed_in_at", "signed_in_by_id", "sign_in_clock_id", "answer_clock_id", "replied_at", "return_until",
        ),
        "reply": Table(models.Reply, "id", "assignment_id", "state", "text", "outcome", "promise", "promised_on",
                       "drafted_at", "drafted_by_id", "signed_at", "signed_by_id"),
        "commitment": Table(
            models.Commitment, "id", "round_id", "organ_id", "text", "promised_on", "state", "clock_id",
            "verify_clock_id", "delivered_at", "evidence", "verified_at", "verified_by_id", "finding",
        ),
        "rating": Table(models.Rating, "id", "round_id", "process", "result", "at"),
        "entry": Table(models.SearchEntry, "petition_id", "grams", "public_grams"),
        "message": Table(Message, "id", "recipient_id", "topic", "title", "link", "dedupe_key", "status", "created_at",
                         "next_try_at", "sent_at", "read_at"),
    }  # fmt: skip


class Cases:
    """Writes cases by number, 1 to ``total``; the same number gives the same case, whoever writes it."""

    def __init__(self, offices, *, total):
        self.total, self.offices, self.words = total, offices, Words()
        self.now = timezone.localtime()
        self.days = Days(load_calendar(), self.now.date())
        self.ladders = load_ladders()
        self.terms = {(term.duty, term.variant): (term.pk, term.length, term.unit) for term in Term.objects.all()}
        self.labels = {duty: str(duty.label) for duty in Duty}
        self.categories = list(Category.objects.filter(level=3).values_list("pk", "path"))
        self.sealed = seal({"name": "甲某", "phone": "13000000000", "address": "振兴路1号", "email": ""})
        self.rare = {(place * total) // RARE_CASES + 1 for place in range(RARE_CASES)}
        self.tables = tables()

    def send(self):
        """Send every row to the database."""
        for table in self.tables.values():
            table.send()

    def add(self, number):
        """Make one case and keep its rows until ``send``."""
        draw = random.Random(number * 7919)  # noqa: S311
        life, place = self._begin(number, draw)
        moments = self._moments(number, life.kind, draw)
        for step, moment in zip(lives.PATHS[life.kind], moments, strict=True):
            getattr(life, step)(moment)
        self._write(number, life, place, draw)

    def _begin(self, number, draw):
        station, region, name = draw.choices(self.offices.stations, cum_weights=self.offices.weights)[0]
        organ, organ_name = self.offices.organ_near(region, draw)
        village, village_name = draw.choice(self.offices.villages[region[:9]])
        life = Life(
            kind=self._kind(number, draw),
            station=station,
            officer=self.offices.officer[station],
            head=self.offices.head[region[:9]],
            organ=organ,
            clerk=self.offices.clerk[organ],
            leader=self.offices.leader[organ],
            names={"station": name, "organ": organ_name},
            days=self.days,
            terms=self.terms,
            draw=draw,
            words=self.words,
        )
        return life, (village, village_name)

    def _kind(self, number, draw):
        if number % LONG_EVERY == 17:
            return "long"
        if number <= self.total * (1 - LATEST) or draw.random() > OPEN_OF / LATEST:
            return pick(draw, lives.PAST)
        kind = pick(draw, lives.PRESENT)
        screened = number < self.total * (1 - UNSCREENED)
        return "handling" if kind == "submitted" and screened else kind

    def _moments(self, number, kind, draw):
        """When the steps were: an open case's last one lately, all others as their lag has it."""
        steps = lives.PATHS[kind]
        day = self.days.day_of((number - 0.5) / self.total)
        first, begun = submitted(day, draw), self.days.position(day)
        if kind in lives.PRESENT:
            last = max(begun, self.days.last - int(draw.expovariate(1 / WAITED)) - 1)
            begun = max(begun, last - MOVED_WITHIN)
            span = last - begun
        else:
            lag = self.days.lag(draw) * (1.4 if steps[-1] == "rate" else 1)
            span = min(lag, self.days.last - begun)
        weights = [lives.WEIGHTS.get(step, 1) for step in steps[1:]]
        whole, gone, positions = sum(weights) or 1, 0, []
        for weight in weights:
            gone += weight
            positions.append(begun + int(span * gone / whole))
        moments = self.days.timeline(first, positions, draw)
        # Nothing has happened after now, where today's steps are many.
        return [min(moment, self.now - dt.timedelta(seconds=len(moments) - n)) for n, moment in enumerate(moments)]

    def _write(self, number, life, place, draw):
        at = life.events[0][0]
        name = f"{settings.NUMBER_PREFIX}-{at:%Y%m%d}-{number:05d}"
        category, path = draw.choice(self.categories)
        title, sentences = self._words(number, place, draw)
        where = f"{place[1]}{draw.randint(1, 60)}号附近"
        severity = draw.choices((1, 2), (95, 5))[0]
        published = life.status == "closed" and draw.random() < PUBLISHED / (1 - OPEN_OF)
        publication = "published" if published else "consented" if draw.random() < CONSENTED else "private"
        for n, clock in enumerate(life.clocks):
            self._clock(number * CLOCKS + n, clock, life.station, (name, number, path.split("/")[0], severity))
        refused = life.status == "refused"
        anonymous = draw.random() < ANONYMOUS
        deputy = self.offices.deputies[life.station] if draw.random() < 0.2 else None
        shown = (title, sentences[0], life.closed_at) if published else ("", "", None)
        self.tables["petition"].add(
            number, name, life.station, deputy, place[0], where, category, title, "".join(sentences),
            "anonymous" if anonymous else "station", life.nature, severity, life.status, life.outcome, publication,
            *shown, "private" if refused else "", "有关部门" if refused else "",
            life.closed_how, at, len(life.rounds), life.accepted_at, life.closed_at,
            None if life.stage is None else number * CLOCKS + life.stage, UUID(int=draw.getrandbits(128)),
        )  # fmt: skip
        if not anonymous:
            self.tables["identity"].add(number, self.sealed)
        self.tables["proposer"].add(
            number, number, hash_code(name, CODE), at, UUID(int=draw.getrandbits(128)), None if anonymous else number
        )
        answers = self._handling(number, life)
        case = SimpleNamespace(
            pk=number, number=name, station_id=life.station, station=SimpleNamespace(region_id=place[0]), title=title,
            deputy_id=deputy, submitted_at=at, place=where, body="", publication=publication, public_title=shown[0],
            summary=shown[1], published_at=shown[2], is_over=life.status in models.OVER,
        )  # fmt: skip
        organs = [SimpleNamespace(pk=life.organ, name=life.names["organ"])] if life.parts else []
        self._entry(case, sentences, answers, organs)
        if number % MESSAGE_EVERY == 0:
            told = dt.timedelta(seconds=2)
            self.tables["message"].add(
                number, life.officer, f"petition:{number}", f"{name} 收到新的群众意见，请审查受理", f"/desk/petitions/{name}/",
                f"bench:{number}", "sent", at, at, at + told, None if draw.random() < 0.02 else at + told * 60,
            )  # fmt: skip

    def _words(self, number, place, draw):
        title, sentences = self.words.title(draw), self.words.body(draw)
        if number % COMMON_EVERY == 3:
            title = COMMON_TITLE.format(place=place[1])[:60] if draw.random() < 0.5 else title
            sentences.insert(len(sentences) // 2, COMMON_SENTENCE)
        if number in self.rare:
            sentences.append(RARE_SENTENCE)
        return title, sentences

    def _handling(self, number, life):
        """Rounds, parts, replies, promises, ratings, events; returns the sentences of the replies."""
        answers = []
        for n, step in enumerate(life.events):
            self.tables["event"].add(number * EVENTS + n, number, *step)
        for n, found in enumerate(life.rounds):
            self.tables["round"].add(
                number * ROUNDS + n, number, n + 1, found["opened_at"], found["why"], found["outcome"], found["reply"],
                found["told_at"], found["closed_at"],
            )  # fmt: skip
        for n, part in enumerate(life.parts):
            key, over = number * PARTS + n, part["replied_at"]
            state = "replied" if over else "open"
            self.tables["part"].add(
                key, number * ROUNDS + part["round"] - 1, life.organ, True, state, part["at"], life.head,
                part["signed_in_at"], life.clerk if part["signed_in_at"] else None, number * CLOCKS + part["sign_in"],
                number * CLOCKS + part["answer"], over, part["until"],
            )  # fmt: skip
            reply = part["reply"]
            if reply:
                signed = life.leader if reply["signed_at"] else None
                self.tables["reply"].add(
                    key, key, reply["state"], "".join(reply["sentences"]), reply["outcome"], reply["promise"],
                    reply["promised_on"], reply["drafted_at"], life.clerk, reply["signed_at"], signed,
                )  # fmt: skip
                answers += reply["sentences"]
        for round_number, at, result in life.ratings:
            key = number * ROUNDS + round_number - 1
            self.tables["rating"].add(key, key, "satisfied" if result == "satisfied" else "basically", result, at)
        if life.commitment:
            self._promise(number, life, life.commitment)
        return answers

    def _promise(self, number, life, promise):
        verify = promise["verify"]
        self.tables["commitment"].add(
            number, number * ROUNDS, life.organ, "按期完成整治", promise["on"], promise["state"],
            number * CLOCKS + promise["clock"], verify if verify is None else number * CLOCKS + verify, promise["kept"],
            "已完成整治" if promise["kept"] else "", promise["seen"], life.officer if promise["seen"] else None,
            "现场查看属实" if promise["seen"] else "",
        )  # fmt: skip

    def _entry(self, case, sentences, answers, organs):
        """Enter a case as the search does, the grams of sentences from those kept."""
        found = self.words.entry(entered_by(case, organs=organs), *sentences, *answers)
        self.tables["entry"].add(case.pk, found, vector(published_by(case)))

    def _clock(self, key, row, station, case):
        name, number, category, severity = case
        rung = None
        if row.stopped_at is None:
            rung = self._climb(key, row, severity)
            if row.paused_on:
                self.tables["pause"].add(key, key, row.paused_on, "答复待审核")
        self.tables["clock"].add(
            key, row.duty, *(row.owner if row.owner_column == column else None for column in OWNERS), station,
            f"{name} {self.labels[row.duty]}", f"/desk/petitions/{name}/", category, row.term, row.started_at, row.length, row.unit,
            row.due_on, row.due_on, row.provisional, row.explanation, self.days.calendar.version, row.paused_on,
            row.stopped_at, rung, severity,
        )  # fmt: skip
        self.tables["link"].add(key, number, key, row.round)

    def _climb(self, key, row, severity):
        """What a running clock was reminded of until now, as a sweep a minute leaves it; returns its next rung."""
        if row.owner is None or row.paused_on:
            return None
        clock = Clock(due_on=row.due_on, started_at=row.started_at, severity=severity, explanation={})
        climb, facts = self.ladders.of(clock), facts_of(clock, self.days.calendar)
        steps = climb.owed(at=self.now, recorded=set(), **facts)
        for n, step in enumerate(steps):
            owed = step.rung.must_acknowledge and key % 2 == 0
            self.tables["reminder"].add(
                key * 64 + n, key, step.rung.pk, step.occurrence, step.rung.name, step.rung.colour, step.moment, owed
            )
        return climb.next_moment(recorded={step.mark for step in steps}, **facts)
