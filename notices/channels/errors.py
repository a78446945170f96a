class RefusedError(Exception):
    """The provider will not take this letter, however often it is tried; the text is what it said."""
