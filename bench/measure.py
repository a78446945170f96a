"""Measures one database with its web and worker; ``bench.load`` starts it with both addresses and the names of works."""

import argparse
import json
import os
import sys
import traceback
from dataclasses import asdict

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
os.environ["DATABASE_TIMEOUTS"] = "0"
django.setup()

from bench import files_and_sweeps, works  # noqa: E402
from bench.report import Row  # noqa: E402

# In this order: what only reads comes first, and the sweep, which moves due dates, last.
WORKS = {
    "bare": works.bare,
    "tracking": works.tracking,
    "lists": works.lists_of_cases,
    "case": works.case_page,
    "search": works.search,
    "dashboards": works.dashboards,
    "ledgers": files_and_sweeps.ledgers,
    "recount": works.recount,
    "topics": works.topics,
    "submission": works.submission,
    "sweeps": files_and_sweeps.sweeps,
}


def main():
    parser = argparse.ArgumentParser(prog="python -m bench.measure")
    parser.add_argument("names", nargs="+", choices=list(WORKS))
    parser.add_argument("--addresses", type=json.loads, required=True)
    parser.add_argument("--cases", type=int, required=True)
    parser.add_argument("--times", type=int, required=True)
    options = parser.parse_args()
    addresses = {name: tuple(address) for name, address in options.addresses.items()}
    bench = works.Bench(addresses, options.cases, options.times)
    for name in (name for name in WORKS if name in options.names):
        print(f"measuring {name}", file=sys.stderr, flush=True)
        try:
            for row in WORKS[name](bench):
                print(json.dumps(asdict(row), ensure_ascii=False), flush=True)
        except Exception:
            # What one work cannot do keeps no other from being measured.
            traceback.print_exc()
            said = traceback.format_exc().splitlines()[-1][:200]
            print(json.dumps(asdict(Row(name, bar=f"failed: {said}", holds=False)), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
