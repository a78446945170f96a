from deputies.models.jobs import DeputyImport, PosterJob
from deputies.models.note import Note, NotePhoto
from deputies.models.people import Absence, Deputy, Mandate, Membership, Standing
from deputies.models.planning import Plan
from deputies.models.reception import Appointment, Reception, ReceptionEvent, Turn

__all__ = [
    "Absence",
    "Appointment",
    "Deputy",
    "DeputyImport",
    "Mandate",
    "Membership",
    "Note",
    "NotePhoto",
    "Plan",
    "PosterJob",
    "Reception",
    "ReceptionEvent",
    "Standing",
    "Turn",
]
