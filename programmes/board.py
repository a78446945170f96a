"""How a programme's items stand, by unit and by item; every count leads to exactly the items that it counts."""

import datetime as dt
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from programmes.models import Item, office_name
from stations.models import Region

Status = Item.Status
STATES = {
    "unsettled": _("未办结"),
    "overdue": _("已超期"),
    "open": _("整改中"),
    "reported": _("待核实"),
    "objected": _("异议待裁定"),
    "verified": _("已销号"),
    "dropped": _("已撤销"),
}
COUNTED = ("overdue", "open", "reported", "objected", "verified")  # of a board's table; what is overdue is open, too
FEW = 5  # below that no rate is told


def condition(state: str, today: dt.date) -> Q:
    """The condition of the items in a state; ``today`` is a Beijing date."""
    if state == "overdue":
        return Q(status__in=[Status.OPEN, Status.OBJECTED], due_on__lt=today)
    return Q(status__in=Item.UNSETTLED) if state == "unsettled" else Q(status=state)


@dataclass(frozen=True)
class Cell:
    """One item in the table of units by items."""

    pk: int
    status: str
    word: str
    late: bool

    @property
    def url(self):
        return reverse("programmes:item", args=[self.pk])


@dataclass(frozen=True)
class Figure:
    """A count with the address of exactly the items that it counts."""

    label: str
    value: int
    url: str
    tone: str = ""


@dataclass
class Line:
    """A unit, or a matter, with its items counted by state."""

    name: str
    narrowed: dict  # what of the list's address leads to its items
    counts: dict = field(default_factory=lambda: dict.fromkeys(("total", *STATES), 0))
    cells: dict = field(default_factory=dict)

    def count(self, status, late):
        self.counts["total"] += 1
        self.counts[status] += 1
        self.counts["unsettled"] += status in Item.UNSETTLED
        self.counts["overdue"] += late

    @property
    def figures(self):
        """The counts of the table; the total first."""
        total = Figure(_("全部"), self.counts["total"], self.url())
        tones = {"overdue": "red"}
        return [
            total,
            *(
                Figure(STATES[state], self.counts[state], self.url(state=state), tones.get(state, ""))
                for state in COUNTED
            ),
        ]

    def url(self, **more):
        return f"{reverse('programmes:items')}?{urlencode(self.narrowed | more)}"


@dataclass
class Board:
    """All of a programme that a user may see."""

    units: list[Line]
    matters: list[Line]
    whole: Line

    @property
    def tables(self):
        """The two tables of counts: by unit, and by matter."""
        return [("units", _("按单位"), self.units), ("matters", _("按事项"), self.matters)]

    @property
    def matrix(self):
        """Each unit with its cells in the order of the matters; None where it has no such item."""
        return [(unit, [unit.cells.get(matter.name) for matter in self.matters]) for unit in self.units]

    @property
    def done_share(self):
        """Verified of all that were not dropped, in percent; None where there are fewer than five."""
        counted = self.whole.counts["total"] - self.whole.counts["dropped"]
        return round(100 * self.whole.counts["verified"] / counted) if counted >= FEW else None


def board_of(programme, user, today: dt.date) -> Board:
    """The board of a programme as a user may see it; one query, whatever the number of units and items."""
    facts = {"programme": programme.pk}
    units, matters, whole = {}, {}, Line("", facts)
    rows = (
        Item.objects.visible_to(user)
        .of_programme(programme)
        .order_by("pk")
        .values(
            "pk",
            "title",
            "status",
            "due_on",
            "owner_organ_id",
            "owner_station_id",
            "owner_region_id",
            organ_name=F("owner_organ__name"),
            station_name=F("owner_station__name"),
            region_name=F("owner_region__name"),
            region_level=F("owner_region__level"),
        )
    )
    for row in rows:
        owner = owner_key(row)
        unit = units.get(owner) or units.setdefault(owner, Line(_name(row), facts | {"owner": owner}))
        title = row["title"]
        matter = matters.get(title) or matters.setdefault(title, Line(title, facts | {"matter": title}))
        late = row["due_on"] < today and row["status"] in (Status.OPEN, Status.OBJECTED)
        for line in (unit, matter, whole):
            line.count(row["status"], late)
        word = STATES["overdue"] if late else STATES[row["status"]]
        unit.cells[title] = Cell(row["pk"], row["status"], word, late)
    return Board(list(units.values()), list(matters.values()), whole)


def owner_key(row: dict) -> str:
    """A unit as the address names it, e.g. organ-7."""
    for sort in ("organ", "station", "region"):
        if row[f"owner_{sort}_id"]:
            return f"{sort}-{row[f'owner_{sort}_id']}"
    raise ValueError("an item without an owner")


def _name(row):
    if row["region_name"]:
        return office_name(Region(name=row["region_name"], level=row["region_level"]))
    return row["organ_name"] or row["station_name"]
