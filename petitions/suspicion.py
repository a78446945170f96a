"""Signs of spam that a text bears, found in Python before a case is stored: no query, and nothing learned from anybody."""

import re

from petitions.models import Sign

ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
MOST_ADDRESSES = 3  # default: from here on it looks like advertising
# Letters of Europe, digits and signs; whoever writes in Chinese, Tibetan, Uyghur, Mongolian, Yi or Korean has others.
EUROPEAN_ONLY = re.compile(r"[\x00-\u052f\u2000-\u2bff]*")


def signs_of(title, body):
    """The signs of spam in a submission, as a list of ``Sign``; mostly empty."""
    text = f"{title}\n{body}"
    signs = []
    if len(ADDRESS.findall(text)) >= MOST_ADDRESSES:
        signs.append(Sign.LINKS)
    if EUROPEAN_ONLY.fullmatch(text):
        signs.append(Sign.SCRIPT)
    return signs
