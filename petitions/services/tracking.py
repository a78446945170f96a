"""Finding a case by number and query code."""

from petitions.models import Proposer
from vault import codes


def find(*, number, code, address):
    """Return the ``Proposer`` that a number and a query code belong to, or None; see ``vault.codes.find``."""
    return codes.find(_proposers_of, number=number, code=code, address=address)


def _proposers_of(number):
    return Proposer.objects.filter(petition__number=number).select_related("petition")
