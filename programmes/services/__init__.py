"""Every change of programmes, items, activities and meetings, one function an action, named as the office names it."""

from programmes.services.sweep import sweep

__all__ = ["sweep"]
