"""The office's list of topics."""

import csv
from pathlib import Path

from django.db import transaction

from petitions.models import Category


@transaction.atomic
def load_categories(path: Path) -> int:
    """Load a CSV of topics with the columns l1, l2, l3 (names of three levels); return how many are new. Safe to repeat."""
    known = {category.path: category for category in Category.objects.all()}
    before = len(known)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            names = [row["l1"], row["l2"], row["l3"]]
            parent = None
            for level, name in enumerate(filter(None, names), start=1):
                full = f"{parent.path}/{name}" if parent else name
                if full not in known:
                    known[full] = Category.objects.create(path=full, name=name, level=level, parent=parent)
                parent = known[full]
    return len(known) - before
