"""What can go wrong with deputies and reception days."""


class ReceptionError(Exception):
    """An action that is not possible now; the text is a Chinese sentence for whoever tried it."""
