"""The drawings of the lives of cases and suggestions for the docs, made from the tables that the actions obey."""

from dataclasses import dataclass

from django.db.models import TextChoices

from accounts.models import Role
from petitions import lifecycle, suggestion_lifecycle
from petitions.models import Status, Suggestion
from petitions.permissions import NEIGHBOUR, RESIDENT, SYSTEM
from petitions.suggestion_permissions import LEAD, OFFICE, SPONSOR


@dataclass(frozen=True)
class Drawing:
    """One table with its statuses, and the name of its place in the page."""

    name: str
    rows: tuple
    statuses: type[TextChoices]

    @property
    def begin(self):
        return f"<!-- {self.name}: written by manage.py draw_lifecycle -->"

    @property
    def end(self):
        return f"<!-- /{self.name} -->"


DRAWINGS = (
    Drawing("lifecycle", lifecycle.TRANSITIONS, Status),
    Drawing("suggestion lifecycle", suggestion_lifecycle.SUGGESTION, Suggestion.Status),
)
WHO = dict(Role.choices) | {
    RESIDENT: "反映人",
    NEIGHBOUR: "附议群众",
    SYSTEM: "系统",
    LEAD: "领衔代表",
    SPONSOR: "联名代表",
    OFFICE: "交办机关",
}


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
        for source in row.moves_from or row.sources or ("[*]",):
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
        if row.moves_from:
            targets = f"{targets}（从{_named(drawing, row.moves_from)}；否则不变）"
        who = "、".join(str(WHO[actor]) for actor in row.actors)
        lines.append(f"| {row.label} | `{row.action}` | {sources} | {targets} | {who} |")
    return "\n".join(lines)


def _named(drawing: Drawing, statuses) -> str:
    return "、".join(str(drawing.statuses(status).label) for status in statuses)
