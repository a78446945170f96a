"""What goes wrong with a station, in a sentence for its officer."""


class StationError(Exception):
    """A change that cannot be made; the text is Chinese and says what is so."""
