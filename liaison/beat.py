"""The beat, for a clock that may be set back."""

from celery.beat import PersistentScheduler


class Beat(PersistentScheduler):
    """Celery's own beat believes what it noted: after a clock was set back an hour it would ring nobody for an hour."""

    def tick(self, *args, **kwargs):
        """Ring for what is due; an entry that rang later than now is taken to have rung just now. Returns seconds to wait."""
        now = self.app.now()
        for entry in self.schedule.values():
            if entry.last_run_at is not None and entry.last_run_at > now:
                entry.last_run_at = now
                # The order of ringing was reckoned by the old clock, too.
                self._heap = None
        return super().tick(*args, **kwargs)
