"""What must be true after any fault: nothing accepted is lost or half there, and nothing was said or written twice."""

import datetime as dt
import email
import email.policy
import hmac
import io
from collections import Counter
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db.models import Count, Q
from django.utils import timezone
from PIL import Image

from custody import sealing, verifying
from notices.models import Message
from papers.models import Paper
from petitions.models import Event, Petition, Photo, Proposer, Status
from supervision.models import Reminder
from tests.faults.long.traffic import OFFICERS
from vault.codes import hash_code


def everything(traffic, backlog):
    """Each check as its sentence and what is wrong, an empty list where nothing is."""
    return {
        "nobody was answered anything that does not follow": traffic.complaints,
        "every accepted submission is there once and opens with its code": accepted(traffic.accepted),
        "no case is half there": half_cases(),
        "no photo is lost, cut off or left over": photos(traffic.accepted),
        "each case's events lead from one status to the next": chains(),
        "every seal still holds": seals(),
        "every rung was recorded once and told once": rungs(backlog),
        "papers have no gap in their numbers": papers(),
        "nothing that could be sent waits": outbox(),
        "no letter left the house under two numbers": letters(),
        "another sweep writes nothing": another_sweep(),
    }


def accepted(known):
    """Everybody who was told that their matter has arrived, against the cases that there are."""
    rows = Proposer.objects.filter(is_first=True).values_list("petition__body", "petition__number", "code_hash")
    found = [(body.rpartition("。")[2], number, code_hash) for body, number, code_hash in rows]
    times = Counter(address for address, _number, _hash in found)
    wrong = [f"{address} has {times[address]} cases" for address in known if times[address] != 1]
    wrong += [f"nobody was told that {number} arrived" for address, number, _hash in found if address not in known]
    for address, number, code_hash in found:
        said = known.get(address)
        if said and said.number != number:
            wrong.append(f"{address} was told {said.number} and has {number}")
        if said and said.code and not hmac.compare_digest(hash_code(number, said.code), code_hash):
            wrong.append(f"{number} does not open with its code")
    return wrong


def half_cases():
    """Cases without one of the rows that a submission brings."""
    whole = Petition.objects.annotate(
        submitted=Count("events", Q(events__action="submit"), distinct=True),
        firsts=Count("proposers", Q(proposers__is_first=True), distinct=True),
        opened=Count("rounds", distinct=True),
        timed=Count("clock_links", distinct=True),
    )
    half = whole.exclude(submitted=1, firsts=1, opened=1, search_entry__isnull=False, timed__gte=1)
    wrong = [f"{case.number} is half there" for case in half]
    idle = Petition.objects.filter(status__in=[Status.SUBMITTED, Status.ACCEPTED], stage_clock=None)
    wrong += [f"no clock presses {case.number}" for case in idle]
    # Keys begin with petition:12:submit or proposer:12:submit.
    told = Counter(":".join(key.split(":")[:3]) for key in Message.objects.values_list("dedupe_key", flat=True))
    for pk, number, proposer in Proposer.objects.values_list("petition", "petition__number", "pk"):
        if told[f"petition:{pk}:submit"] != OFFICERS or told[f"proposer:{proposer}:submit"] != 1:
            wrong.append(f"of {number} not everybody was told once")
    return wrong


def photos(known):
    """Photos whose file is no picture, files that no photo knows, and cases that lost theirs."""
    wrong, kept = [], set()
    for photo in Photo.objects.all():
        kept.add(photo.file.name)
        try:
            Image.open(io.BytesIO(Path(photo.file.path).read_bytes())).load()
        except OSError as error:
            wrong.append(f"{photo.file.name} cannot be read: {error}")
    folder = Path(settings.MEDIA_ROOT) / "photos"
    wrong += [f"no photo knows {file.name}" for file in folder.glob("*") if f"photos/{file.name}" not in kept]
    with_photo = [case.number for case in known.values() if case.has_photo]
    bare = Petition.objects.filter(number__in=with_photo, photos=None).values_list("number", flat=True)
    return wrong + [f"{number} lost its photo" for number in bare]


def chains():
    """Cases of which an event does not begin where the one before it ended, by key, or that stand elsewhere."""
    wrong, at = [], {}
    for case, came_from, to in Event.objects.order_by("pk").values_list("petition", "from_status", "to_status"):
        if at.get(case, "") != came_from:
            wrong.append(f"an event of case {case} begins at {came_from or 'nothing'} and not at {at.get(case)}")
        at[case] = to
    standing = dict(Petition.objects.values_list("pk", "status"))
    return wrong + [f"case {case} stands at {standing[case]}" for case in standing if standing[case] != at.get(case)]


def seals():
    """The first broken link of the chain of seals."""
    sealing.seal()
    broken = verifying.verify().broken
    return [f"{broken.table} {broken.row}: {broken.what}"] if broken else []


def rungs(backlog):
    """What the clocks that fell due have come to, against what they must."""
    try:
        backlog.assert_everything_once()
    except AssertionError as error:
        late = f"{backlog.left()} clocks still owe something; " if backlog.left() else ""
        return [late + (str(error) or "a rung, a message or a paper is missing or there twice")[:200]]
    return []


def papers():
    """Series whose numbers are not 1, 2, 3."""
    wrong, last = [], Counter()
    for office, kind, sequence in Paper.objects.order_by("sequence").values_list("office", "kind", "sequence"):
        if sequence != last[office, kind] + 1:
            wrong.append(f"{kind} of {office}: {sequence} follows {last[office, kind]}")
        last[office, kind] = sequence
    return wrong


def outbox():
    """Messages whose time came half a minute ago and that nobody has sent; what is parked is named."""
    late = Message.objects.due(timezone.now() - dt.timedelta(seconds=30))
    wrong = [f"message {message.pk} is due since {message.next_try_at:%H:%M:%S}" for message in late]
    return wrong + [f"message {message.pk} is parked: {message.answer}" for message in Message.objects.parked()]


def unsent():
    """How many messages wait, those too that wait for their next try."""
    return Message.objects.filter(status=Message.Status.QUEUED).count()


def mailed():
    """How often each letter was handed to the mail server, by reader, subject and number."""
    return Counter(
        (str(letter["To"]), str(letter["Subject"]), str(letter["Message-ID"]))
        for file in Path(settings.EMAIL_FILE_PATH).glob("*")
        for part in file.read_bytes().split(b"-" * 79 + b"\n")
        if part.strip()
        for letter in [email.message_from_bytes(part, policy=email.policy.default)]
    )


def repeated():
    """How many letters were handed to the mail server more than once, under their one number."""
    return sum(times > 1 for times in mailed().values())


def letters():
    """Letters to residents that left under two numbers, and messages called sent that never left."""
    sent = mailed()
    of_residents = Counter((to, subject) for to, subject, _number in sent if to.startswith("resident"))
    # A digest has the same subject each time, and each time other messages.
    wrong = [
        f"{to}: {subject}" for (to, subject), times in of_residents.items() if times > 1 and "条消息" not in subject
    ]
    handed = {number.split("@")[0].strip("<") for _to, _subject, number in sent}
    told = Message.objects.filter(status=Message.Status.SENT).exclude(outside_key="")
    said_sent = set(told.values_list("batch", flat=True))
    return wrong + [f"{number} was called sent and never left" for number in said_sent - handed]


def another_sweep():
    """What a sweep over an office at rest has written."""
    before = _written()
    call_command("sweep", once=True, stdout=io.StringIO())
    after = _written()
    return [f"{name}: {after[name] - before[name]} more" for name in before if after[name] != before[name]]


def _written():
    tables = (Petition, Event, Reminder, Message, Paper, Photo)
    tries = Message.objects.aggregate(n=Count("pk", Q(attempts__gt=0)))["n"]
    return {table.__name__: table.objects.count() for table in tables} | {"messages tried": tries}
