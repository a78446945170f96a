"""Files of programmes, items, activities and meetings, each for those who may read what it belongs to."""

from pathlib import PurePath

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from programmes.models import Document
from programmes.permissions import visible_documents

TYPES = {
    ".jpg": "image/jpeg",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".txt": "text/plain",
}


@require_safe
def document(request, pk):
    """A file; to everybody else it does not exist. Only pictures are shown, all others are saved and run nowhere."""
    found = get_object_or_404(Document.objects.filter(visible_documents(request.user)), pk=pk)
    suffix = PurePath(found.file.name).suffix
    response = FileResponse(
        found.file.open(),
        as_attachment=not found.is_picture,
        filename=f"{found.title}{suffix}",
        content_type=TYPES[suffix],
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
