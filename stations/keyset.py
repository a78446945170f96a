"""Long lists for programs: fifty rows, and a link to the next ones by the key of the last; nobody counts them all."""

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination


class Keyset(CursorPagination):
    """Pages by key (``next`` and ``previous``, no totals), ordered as the view says (``listed_by``).

    Raises NotFound for a bad cursor.
    """

    page_size = 50
    offset_cutoff = 200

    def get_ordering(self, request, queryset, view):
        return view.listed_by

    def decode_cursor(self, request):
        cursor = super().decode_cursor(request)
        if cursor is not None and "\x00" in (cursor.position or ""):
            raise NotFound(self.invalid_cursor_message)
        return cursor
