"""Keeping files with their rows: what a full disk or a lost database cuts short leaves nothing behind."""

import errno

from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from .errors import PictureError

FULL = (errno.ENOSPC, errno.EDQUOT)


def keep_files(files: list[tuple[FieldFile, str, bytes]]) -> None:
    """Write the bytes of each file under a name with that ending and save its row; where one fails, no file stays.

    Names come from the field's ``upload_to``, which must draw one that nobody else has. Rows saved before the one that
    failed are the caller's transaction to undo. Raises ``PictureError`` with a sentence where the disk is full.
    """
    begun = []
    try:
        for file, name, data in files:
            path = file.field.generate_filename(file.instance, name)
            begun.append((file.storage, path))
            setattr(file.instance, file.field.attname, file.storage.save(path, ContentFile(data)))
            file.instance.save()
    except Exception as error:
        for storage, path in begun:
            storage.delete(path)
        if isinstance(error, OSError) and error.errno in FULL:
            raise PictureError(
                _("存放照片和文件的磁盘满了，没有存下来。请先不附照片提交，或者过一会儿再试。")
            ) from error
        raise
