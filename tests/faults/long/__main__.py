"""script/faults [--only NAME,...] [--scale S]: break an office for twenty minutes and say what became of it."""

import argparse
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.long import report
from tests.faults.long.breaking import FAULTS
from tests.faults.long.office import Office


def main():
    names = [fault.name for fault in FAULTS]
    parser = argparse.ArgumentParser(prog="script/faults", description=__doc__)
    parser.add_argument("--only", default=",".join(names), help=f"some of {', '.join(names)}")
    parser.add_argument("--scale", type=float, default=1.0, help="a part of the full time of each fault")
    options = parser.parse_args()
    chosen = options.only.split(",")
    if unknown := set(chosen) - set(names):
        parser.error(f"there is no fault {', '.join(unknown)}")
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    directory = Path(tempfile.mkdtemp(prefix="faults-"))
    office = Office(directory)
    try:
        lines, notes = _try(office, chosen, options.scale)
    except Exception:
        print(*office.last_words(), sep="\n", flush=True)
        raise
    finally:
        office.close()
        shutil.rmtree(directory, ignore_errors=True)
    if chosen == names:
        report.write(lines, scale=options.scale, notes=notes)
    sys.exit(0 if all(line.holds for line in lines) else 1)


def _try(office, chosen, scale):
    office.open()
    office.use_django()
    # They speak of the portal's tables, which are known now.
    from tests.faults.long import checks, trial

    began, lines = time.monotonic(), []
    for line in trial.run(office, chosen, scale):
        lines.append(line)
        print(" | ".join(line.row()), *line.failures(), sep="\n", flush=True)
    return lines, [
        f"The trial took {(time.monotonic() - began) / 60:.0f} minutes.",
        f"{sum(checks.mailed().values())} letters were handed to the mail server, {checks.repeated()} of them more than "
        "once: a worker that dies between sending and writing that down sends again under the same number, by which "
        "mail programs show them once.",
    ]


if __name__ == "__main__":
    main()
