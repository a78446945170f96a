"""The one error of this floor."""


class SupervisionError(Exception):
    """A change of a clock, a reminder or a rule that cannot be made; the text is a Chinese sentence for the clerk."""
