"""The minute's sweeps go on when somebody corrects the clock."""

import time_machine
from celery import Celery

from liaison.beat import Beat


def test_a_clock_that_is_set_back_an_hour_silences_no_sweep(tmp_path, monkeypatch):
    app = Celery("office", set_as_current=False)
    app.conf.beat_schedule = {name: {"task": name, "schedule": 60} for name in ("sweep", "deliver")}
    rung = []
    monkeypatch.setattr(Beat, "apply_entry", lambda self, entry, producer=None: rung.append(entry.name))
    monkeypatch.setattr(Beat, "producer", None)
    beat = Beat(app, schedule_filename=str(tmp_path / "beat"))

    def ring_until_quiet():
        while beat.tick() == 0:
            pass

    with time_machine.travel("2026-11-30T10:00:00+08:00", tick=False) as clock:
        ring_until_quiet()
        clock.shift(61)
        ring_until_quiet()
        rung.clear()

        clock.shift(-3600)
        ring_until_quiet()
        clock.shift(61)
        ring_until_quiet()

    assert {"sweep", "deliver"} <= set(rung)
    assert len(rung) <= 4
    beat.close()
