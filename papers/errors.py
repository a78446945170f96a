"""What can go wrong with papers and ledgers."""


class TypesettingError(Exception):
    """A template could not be set with its data; the text names the template and the compiler's complaint."""


class FilterError(Exception):
    """A ledger was asked for by a filter that cannot be read; the text is the form's Chinese sentence."""
