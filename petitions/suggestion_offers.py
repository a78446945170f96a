"""What a user may do with a suggestion now, and nothing else: the rows of its table that are open to them, with forms."""

from petitions import suggestion_lifecycle as lifecycle
from petitions.forms.suggestion import FORMS
from petitions.offers import Offer, key_of
from petitions.suggestion_permissions import suggestion_positions

# What is owed comes first and stands open; everything else follows in the table's order.
OWED = (
    "acknowledge",
    "hand_over",
    "rate",
    "decide_return",
    "decide_extension",
    "verify_delivery",
    "sign_in",
    "sign_off",
    "draft_reply",
    "report_delivery",
)
PERS = ("case", "part", "promise", "reminder")


def form_for(action, case, target, data=None):
    """The form of an action on a target, with ids of its own."""
    return FORMS[action](data, case=case, target=target, auto_id=f"{key_of(action, target)}-%s")


def offers_of(case, refused=None):
    """Return the offers to the user of a ``SuggestionFile``, what is owed first.

    ``refused`` is a form that was sent and not taken: it stands open with everything typed, even when its action is no
    longer possible.
    """
    found = [
        Offer(row, target, form_for(row.action, case, target), part=part_of(case, organ))
        for row, target, organ in _open_rows(case)
    ]
    found.sort(key=lambda offer: OWED.index(offer.row.action) if offer.row.action in OWED else len(OWED))
    if refused is None:
        for first in found[:1]:
            first.is_open = first.row.action in OWED
        return found
    refused.is_open = True
    return [refused, *(offer for offer in found if offer.key != refused.key)]


def _open_rows(case):
    for per in PERS:
        for target, organ in case.targets(per):
            held = suggestion_positions(case.suggestion, case.user, organ=organ)
            for row in lifecycle.open_actions(case.suggestion, per, held, target):
                yield row, target, organ


def part_of(case, organ):
    """Whose part an action is about, where the suggestion has parts of several organs."""
    organs = {part.organ_id for part in case.parts}
    return str(organ) if organ is not None and len(organs) > 1 else ""
