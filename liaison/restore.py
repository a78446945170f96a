"""A backup on an empty machine: `python -m liaison.restore DIRECTORY [--keys FILE]`.

Into VAR_DIR and a database of its own there, or into the empty one that DATABASE_URL points to.
"""

import argparse
import json
import os
import shutil
import sys
import tarfile
from pathlib import Path

import psycopg2

from liaison import embedded, keys
from liaison.backup import CONTENTS, DUMP, MEDIA, digest_of, fingerprints, run_on_database
from liaison.vardir import StartError, VarDir


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m liaison.restore", description="Restore a backup into nothing.")
    parser.add_argument("directory", type=Path, help="what liaison.backup made")
    parser.add_argument("--keys", type=Path, help="the file of the keys, where the environment does not hold them")
    options = parser.parse_args()
    with embedded.one_sentence():
        restore(VarDir.from_environment(), options.directory.resolve(), options.keys)
    print("Restored; start the portal now. 已恢复，现在可以启动系统。")
    return 0


def restore(var: VarDir, directory: Path, keys_file: Path | None) -> None:
    """Raises StartError, before anything is changed, when the backup is damaged, the keys are not those that it needs,
    or there is something that would be overwritten."""
    contents = _read(directory)
    _require_nothing(var)
    _require_keys(contents, given_keys(keys_file))
    if keys_file:
        shutil.copyfile(keys_file, var.path / "keys.json")
        (var.path / "keys.json").chmod(0o600)
    with embedded.servers():
        _require_empty_database()
        run_on_database("pg_restore", "--no-owner", "--single-transaction", "--exit-on-error", str(directory / DUMP))
        with tarfile.open(directory / MEDIA) as tar:
            tar.extractall(var.path, filter="data")


def given_keys(keys_file: Path | None) -> dict[str, str]:
    """The keys of a file, else those of the environment."""
    if keys_file is None:
        return {name: os.environ.get(name, "") for name in keys.NAMES}
    return json.loads(keys_file.read_text())


def _read(directory: Path) -> dict:
    try:
        contents = json.loads((directory / CONTENTS).read_text())
        damaged = [name for name, digest in contents["sha256"].items() if digest_of(directory / name) != digest]
    except (OSError, ValueError, KeyError) as error:
        raise StartError(f"{directory} is no whole backup: {error}", f"{directory} 不是完整的备份：{error}") from error
    if damaged:
        raise StartError(
            f"{directory / damaged[0]} is damaged: it is not what was written.", f"{directory / damaged[0]} 已损坏。"
        )
    return contents


def _require_nothing(var: VarDir) -> None:
    for there in (var.path / "postgres", var.path / "media", var.path / "keys.json"):
        if there.exists() and not (there.is_dir() and not any(there.iterdir())):
            raise StartError(
                f"{there} is there already: restore into an empty VAR_DIR.", f"{there} 已存在：请恢复到空的 VAR_DIR。"
            )


def _require_keys(contents: dict, given: dict[str, str]) -> None:
    for name, needed in contents["keys"].items():
        if not set(needed) <= set(fingerprints(given.get(name, ""))):
            raise StartError(
                f"{name} is not the key that this backup needs: give its file by --keys, or the keys in the environment.",
                f"{name} 不是该备份所需的密钥：请用 --keys 指定密钥文件，或在环境变量中给出。",
            )


def _require_empty_database() -> None:
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
            (there,) = cursor.fetchone()
    finally:
        connection.close()
    if there:
        raise StartError("The database is not empty: nothing was restored.", "数据库不是空的：没有恢复任何内容。")


if __name__ == "__main__":
    sys.exit(main())
