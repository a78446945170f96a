"""How well like cases are found among real messages; what it came to is written down in docs/performance.md."""

import csv
import datetime as dt
from itertools import combinations
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from petitions.models import Petition
from petitions.search import enter_anew, signs
from petitions.similar import HINT, LIKE, SHOWN, SHOWN_TO_STAFF, similar_cases
from tests.factories import StationFactory
from tests.petitions.story import moment

MESSAGES = Path(settings.BASE_DIR).parent / "shared" / "data" / "messages.csv"
REWORDED = Path(__file__).parent / "data" / "reworded.csv"
NOW = moment("2026-11-20 10:00")

pytestmark = pytest.mark.skipif(not MESSAGES.exists(), reason="the shared messages are not on this machine")


@pytest.fixture
def told(db):
    """All messages as open cases of one county, which makes it hardest: the cases by the messages' ids."""
    station = StationFactory()
    with MESSAGES.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    cases = Petition.objects.bulk_create(
        Petition(
            number=f"M-{row['id']}",
            station=station,
            region=station.region,
            title=row["title"][:60],
            body=row["body"],
            submitted_at=NOW - dt.timedelta(minutes=n),
            submission_key=uuid4(),
        )
        for n, row in enumerate(rows)
    )
    enter_anew(cases)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE petitions_searchentry, petitions_petition")
    return {row["id"]: case for row, case in zip(rows, cases, strict=True)}


def like(case, *, least, most):
    others = Petition.objects.exclude(pk=getattr(case, "pk", None)).open()
    return similar_cases(others, region=case.region, title=case.title, body=case.body, least=least, most=most)


def reworded():
    with REWORDED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_equal_texts_find_each_other_and_nine_of_ten_reworded_ones_their_original(told):
    same = {}
    for case in told.values():
        same.setdefault("".join(signs(case.body)), []).append(case)
    twins = [pair for group in same.values() for pair in combinations(group, 2)]
    assert len(twins) >= 28
    for one, other in twins:
        assert other in like(one, least=HINT, most=SHOWN), (one, other)

    region, found, hinted = next(iter(told.values())).region, 0, 0
    for row in reworded():
        alike = like(Petition(region=region, title=row["title"], body=row["body"]), least=LIKE, most=SHOWN_TO_STAFF)
        found += told[row["id"]] in alike
        hinted += told[row["id"]] in [case for case in alike[:SHOWN] if case.likeness >= HINT]
    print(f"of 50 reworded messages, staff find {found} originals, residents {hinted}")
    assert found >= 45
    assert hinted >= 35
