"""Lists that grow, leaf by leaf, on the audience of a few users by the moment they signed in."""

import datetime as dt

import pytest
from django.test import RequestFactory

from accounts.models import User
from accounts.paging import leaf_addresses, read_leaf

NOON = dt.datetime(2026, 11, 3, 12, tzinfo=dt.UTC)


@pytest.fixture
def users(db):
    """Seven, three of whom came at the same moment."""
    moments = [NOON - dt.timedelta(days=day) for day in (0, 1, 1, 1, 2, 3, 4)]
    User.objects.bulk_create(User(username=f"user{n}", name=str(n), last_login=at) for n, at in enumerate(moments))
    return User.objects.all()


def leaves(users, by, size):
    read, after = [], ""
    while True:
        rows, after = read_leaf(users, after, by=by, size=size)
        read.append([row.pk for row in rows])
        if not after:
            return read


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
@pytest.mark.parametrize("by", ["last_login", "-last_login"])
def test_every_row_stands_on_exactly_one_leaf_in_order(users, by, size):
    sign = "-" if by.startswith("-") else ""
    read = leaves(users, by, size)

    assert [pk for leaf in read for pk in leaf] == list(users.order_by(by, f"{sign}pk").values_list("pk", flat=True))
    assert all(len(leaf) == size for leaf in read[:-1])


def test_a_row_that_comes_meanwhile_moves_no_leaf(users):
    first, after = read_leaf(users, "", by="-last_login", size=3)
    User.objects.create(username="new", name="new", last_login=NOON + dt.timedelta(hours=1))

    second, _further = read_leaf(users, after, by="-last_login", size=3)

    assert [row.name for row in first + second] == ["0", "3", "2", "1", "4", "5"]


@pytest.mark.parametrize("after", ["x", "_", "2026-11-03_", "_5", "0001-01-01T00:00+00:00_1x", "2026-13-01_1", "１_２"])
def test_a_key_that_is_none_begins_at_the_front(users, after):
    rows, _further = read_leaf(users, after, by="-last_login", size=3)

    assert rows[0].last_login == NOON


def test_a_key_beyond_any_number_is_answered(users):
    rows, further = read_leaf(users, f"2026-11-01T12:00:00+00:00_{'9' * 400}", by="-last_login", size=3)

    assert (len(rows), further) == (3, "")


def test_addresses_keep_what_the_list_is_narrowed_by():
    first = RequestFactory().get("/desk/items/", {"state": "overdue"})
    later = RequestFactory().get("/desk/items/", {"state": "overdue", "after": "x_1"})

    assert leaf_addresses(first, "2026-11-03_4") == {
        "filters": "state=overdue",
        "newer": "",
        "older": "/desk/items/?state=overdue&after=2026-11-03_4",
    }
    assert leaf_addresses(later, "") == {
        "filters": "state=overdue",
        "newer": "/desk/items/?state=overdue",
        "older": "",
    }
