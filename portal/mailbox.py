"""Reading the files that the demo's e-mail backend writes."""

import email
import email.policy
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

DIVIDER = b"\n" + b"-" * 79 + b"\n"
SHOWN = 100


@dataclass(frozen=True)
class Mail:
    """A sent e-mail as its reader would see it."""

    at: datetime
    to: str
    subject: str
    text: str


def read_mail(folder: Path) -> list[Mail]:
    """Return the newest hundred e-mails of the folder, newest first; none where nothing was ever sent."""
    files = sorted(Path(folder).glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)[:SHOWN]
    mails = [_decoded(raw) for file in files for raw in file.read_bytes().split(DIVIDER) if raw.strip()]
    return sorted(mails, key=lambda mail: mail.at, reverse=True)[:SHOWN]


def _decoded(raw):
    message = email.message_from_bytes(raw.lstrip(), policy=email.policy.default)
    body = message.get_body(preferencelist=("plain", "html"))
    return Mail(
        at=parsedate_to_datetime(message["date"]),
        to=str(message["to"]),
        subject=str(message["subject"]),
        text=body.get_content().strip() if body else "",
    )
