class ProgrammeError(Exception):
    """Something that cannot be done with a programme, an item, an activity or a meeting; a Chinese sentence for whoever tried."""
