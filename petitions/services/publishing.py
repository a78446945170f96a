"""Publication of a staff-written summary; the raw text is never public."""

from petitions.models import Petition
from petitions.services.step import step


def publish(*, petition, actor, public_title, summary, at=None):
    """Publish a summary that staff wrote, with the resident's consent given at submission (个人信息保护法 art. 25)."""
    with step(petition, "publish", actor=actor, at=at) as case:
        case.petition.public_title = public_title
        case.petition.summary = summary
        case.petition.publication = Petition.Publication.PUBLISHED
        case.petition.published_at = case.at
        case.found_by_more = True
        case.record()


def unpublish(*, petition, actor, reason, at=None):
    """Take a published summary down; the text stays for whoever writes it better."""
    with step(petition, "unpublish", actor=actor, at=at) as case:
        case.petition.publication = Petition.Publication.CONSENTED
        case.petition.published_at = None
        case.found_by_more = True
        case.record(reason, public=False)
