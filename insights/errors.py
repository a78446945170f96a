class LedgerError(Exception):
    """What cannot be done with a ledger or a month now; the text is a Chinese sentence for whoever tried."""
