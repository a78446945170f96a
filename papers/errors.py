"""What can go wrong with papers."""


class TypesettingError(Exception):
    """A template could not be set with its data; the text names the template and the compiler's complaint."""
