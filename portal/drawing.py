"""The drawings of the lives of cases, suggestions, items and meetings for the docs, made from the tables actions obey."""

from dataclasses import dataclass

from django.db.models import TextChoices

from accounts.models import Role
from petitions import lifecycle, suggestion_lifecycle
from petitions.models import Status, Suggestion
from petitions.permissions import NEIGHBOUR, RESIDENT, SYSTEM
from petitions.suggestion_permissions import LEAD, OFFICE, SPONSOR
from programmes import lifecycle as programmes_lifecycle
from programmes.models import Item, Meeting
from programmes.permissions import ARRANGER, ASKER, MANAGER, OWNER


@dataclass(frozen=True)
class Drawing:
    """One table with its statuses, the words for those who act, and the name of its place in the page."""

    name: str
    rows: tuple
    statuses: type[TextChoices]
    who: dict[str, str]

    @property
    def begin(self):
        return f"<!-- {self.name}: written by manage.py draw_lifecycle -->"

    @property
    def end(self):
        return f"<!-- /{self.name} -->"


STAFF = dict(Role.choices) | {SYSTEM: "系统"}
OF_CASES = STAFF | {RESIDENT: "反映人", NEIGHBOUR: "附议群众"}
OF_SUGGESTIONS = STAFF | {LEAD: "领衔代表", SPONSOR: "联名代表", OFFICE: "交办机关"}
OF_ITEMS = STAFF | {MANAGER: "下达机关", OWNER: "承办单位"}
OF_MEETINGS = STAFF | {ASKER: "提请的代表或联络站", ARRANGER: "代工委", OWNER: "被约见单位"}
DRAWINGS = (
    Drawing("lifecycle", lifecycle.TRANSITIONS, Status, OF_CASES),
    Drawing("suggestion lifecycle", suggestion_lifecycle.SUGGESTION, Suggestion.Status, OF_SUGGESTIONS),
    Drawing("item lifecycle", programmes_lifecycle.ITEM, Item.Status, OF_ITEMS),
    Drawing("meeting lifecycle", programmes_lifecycle.MEETING, Meeting.Status, OF_MEETINGS),
)


def drawn_into(page: str) -> str:
    """Return the page with new drawings between their marks; raises ValueError where a mark is missing."""
    for drawing in DRAWINGS:
        head, rest = page.split(drawing.begin)
        _old, tail = rest.split(drawing.end)
        page = f"{head}{drawing.begin}\n\n{_diagram(drawing)}\n\n{_table(drawing)}\n\n{drawing.end}{tail}"
    return page


def _diagram(drawing: Drawing) -> str:
    """A Mermaid state diagram; one arrow for each pair of statuses, with the actions that lead along it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in drawing.rows:
        for source in _moves_from(row) or row.sources or ("[*]",):
            for target in row.targets:
                if source != target:
                    arrows.setdefault((source, target), []).append(str(row.label))
    lines = ["```mermaid", "stateDiagram-v2", "    direction TB"]
    lines += [f"    {status.value} : {status.label}" for status in drawing.statuses]
    lines += [f"    {source} --> {target} : {'、'.join(labels)}" for (source, target), labels in arrows.items()]
    return "\n".join([*lines, "```"])


def _table(drawing: Drawing) -> str:
    """Every action with where it leads from and to, and by whom; an action without a target leaves the status."""
    lines = ["| 动作 | `action` | 从 | 到 | 由 |", "| --- | --- | --- | --- | --- |"]
    for row in drawing.rows:
        anywhere = set(row.sources) == set(drawing.statuses)
        sources = "任何状态" if anywhere else _named(drawing, row.sources) or "（新）"
        targets = _named(drawing, row.targets) or "不变"
        if _moves_from(row):
            targets = f"{targets}（从{_named(drawing, _moves_from(row))}；否则不变）"
        who = "、".join(str(drawing.who[actor]) for actor in row.actors)
        lines.append(f"| {row.label} | `{row.action}` | {sources} | {targets} | {who} |")
    return "\n".join(lines)


def _moves_from(row) -> tuple[str, ...]:
    """The sources from which an action leads on; items and meetings have no action that leaves some where they are."""
    return getattr(row, "moves_from", ())


def _named(drawing: Drawing, statuses) -> str:
    return "、".join(str(drawing.statuses(status).label) for status in statuses)
