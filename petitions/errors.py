"""The one error an action raises."""


class ActionError(Exception):
    """An action that cannot be taken; its text is a Chinese sentence that a clerk or a resident understands."""
