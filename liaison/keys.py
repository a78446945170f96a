"""Secrets of an installation that was given none: made once, kept in VAR_DIR/keys.json.

`python -m liaison.keys` prints new ones as lines for an env file.
"""

import base64
import json
import os
import secrets
from pathlib import Path

from liaison.vardir import StartError, VarDir

NAMES = ("SECRET_KEY", "IDENTITY_KEYS", "CODE_KEY", "PHONE_KEY")


def read_or_make(var: VarDir, *, database_exists: bool) -> dict[str, str]:
    """The keys by their setting's name.

    The file is written whole or not at all and is readable by its owner only. Raises StartError when it is damaged, or
    gone while there is a database: reporters' identities and query codes hang on the keys, so they are never made anew
    over an old installation. One of before residents could sign in by phone gets the key that it lacks.
    """
    path = var.path / "keys.json"
    if not path.exists():
        if database_exists:
            raise StartError(
                f"{path} is gone but the database that needs it is there: put the file back, or move {var.path} away "
                "to start with no data.",
                f"缺少 {path}，数据库中的身份信息无法解密：请放回该文件，或移走 {var.path} 后重新开始。",
            )
        _write(path, make())
    try:
        keys = json.loads(path.read_text())
        if "PHONE_KEY" not in keys:
            keys["PHONE_KEY"] = _random()
            _write(path, keys)
        return {name: keys[name] for name in NAMES}
    except (ValueError, KeyError, TypeError) as error:
        raise StartError(
            f"{path} is damaged: put back a copy, or move {var.path} away to start with no data.",
            f"{path} 已损坏：请放回备份，或移走 {var.path} 后重新开始。",
        ) from error


def make() -> dict[str, str]:
    """New keys; that of the identities is 32 random bytes in URL-safe base64, as its encryption asks for."""
    others = {name: _random() for name in NAMES if name != "SECRET_KEY"}
    return {"SECRET_KEY": secrets.token_urlsafe(64)} | others


def _random() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def _write(path: Path, keys: dict[str, str]) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(keys, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)


if __name__ == "__main__":
    for name, key in make().items():
        print(f"{name}={key}")
