"""The drawing of a case's life for the docs, made from the table that the actions obey."""

from accounts.models import Role
from petitions.lifecycle import TRANSITIONS
from petitions.models import Status
from petitions.permissions import NEIGHBOUR, RESIDENT, SYSTEM

BEGIN = "<!-- lifecycle: written by manage.py draw_lifecycle -->"
END = "<!-- /lifecycle -->"
WHO = dict(Role.choices) | {RESIDENT: "反映人", NEIGHBOUR: "附议群众", SYSTEM: "系统"}


def drawn_into(page: str) -> str:
    """Return the page with a new drawing between its two marks; raises ValueError where a mark is missing."""
    head, rest = page.split(BEGIN)
    _old, tail = rest.split(END)
    return f"{head}{BEGIN}\n\n{_diagram()}\n\n{_table()}\n\n{END}{tail}"


def _diagram() -> str:
    """A Mermaid state diagram; one arrow for each pair of statuses, with the actions that lead along it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in TRANSITIONS:
        for source in row.moves_from or row.sources or ("[*]",):
            for target in row.targets:
                if source != target:
                    arrows.setdefault((source, target), []).append(str(row.label))
    lines = ["```mermaid", "stateDiagram-v2", "    direction TB"]
    lines += [f"    {status.value} : {status.label}" for status in Status]
    lines += [f"    {source} --> {target} : {'、'.join(labels)}" for (source, target), labels in arrows.items()]
    return "\n".join([*lines, "```"])


def _table() -> str:
    """Every action with where it leads from and to, and by whom; an action without a target leaves the status."""
    lines = ["| 动作 | `action` | 从 | 到 | 由 |", "| --- | --- | --- | --- | --- |"]
    for row in TRANSITIONS:
        sources = "任何状态" if set(row.sources) == set(Status) else _named(row.sources) or "（新）"
        targets = _named(row.targets) or "不变"
        if row.moves_from:
            targets = f"{targets}（从{_named(row.moves_from)}；否则不变）"
        who = "、".join(str(WHO[actor]) for actor in row.actors)
        lines.append(f"| {row.label} | `{row.action}` | {sources} | {targets} | {who} |")
    return "\n".join(lines)


def _named(statuses) -> str:
    return "、".join(str(Status(status).label) for status in statuses)
