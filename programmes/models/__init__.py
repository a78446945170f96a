"""What is followed up beyond single cases: programmes and their items, activities, meetings with organ heads (约见)."""

from programmes.models.activity import Activity, Attendance, Guest, Invitation
from programmes.models.item import Item, ItemClock
from programmes.models.meeting import Meeting, MeetingCase, MeetingPromise
from programmes.models.programme import Programme, Template, TemplateItem, office_name, office_names
from programmes.models.record import Document, Event

__all__ = [
    "Activity",
    "Attendance",
    "Document",
    "Event",
    "Guest",
    "Invitation",
    "Item",
    "ItemClock",
    "Meeting",
    "MeetingCase",
    "MeetingPromise",
    "Programme",
    "Template",
    "TemplateItem",
    "office_name",
    "office_names",
]
