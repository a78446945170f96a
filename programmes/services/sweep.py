"""The programmes' own sweep: what must follow on this floor is found by looking down, level-triggered."""


def sweep(*, at=None):
    """Ask for meetings about cases that were dissatisfied twice, and take findings over as items; returns how many."""
    return 0
