"""What can go wrong with what residents entrust."""


class PictureError(Exception):
    """A file that cannot be kept as a picture; the text is a Chinese sentence for whoever sent it."""


class VaultError(Exception):
    """A refusal to open the vault; the text is a Chinese sentence."""
