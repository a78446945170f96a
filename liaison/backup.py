"""Everything that cannot be made anew, in one directory: `python -m liaison.backup DIRECTORY [--keys FILE]`.

The portal goes on meanwhile. The keys go into a file of their own, to be kept elsewhere: together with the database
they open every identity.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from liaison import embedded, keys
from liaison.postgres import binaries
from liaison.vardir import StartError, VarDir

DUMP, MEDIA, CONTENTS = "portal.dump", "media.tar", "contents.json"
# What old rows hang on. A new SECRET_KEY only signs everybody out.
LASTING_KEYS = tuple(name for name in keys.NAMES if name != "SECRET_KEY")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m liaison.backup", description="Back up the portal while it runs.")
    parser.add_argument("directory", type=Path, help="a new or empty directory for the database and the files")
    parser.add_argument("--keys", type=Path, help="a new file for the keys, to be kept apart from the directory")
    options = parser.parse_args()
    with embedded.one_sentence(), embedded.servers():
        back_up(VarDir.from_environment(), options.directory.resolve(), options.keys)
    if not options.keys:
        print("The keys are not in it: keep them apart (--keys FILE). 备份中不含密钥：请用 --keys 另行保存。")
    return 0


def back_up(var: VarDir, directory: Path, keys_file: Path | None) -> None:
    """Raises StartError when the directory holds something, or the database cannot be dumped."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(directory.iterdir()):
        raise StartError(f"{directory} is not empty: name a new one.", f"{directory} 不是空目录：请换一个新目录。")
    if keys_file:
        _write(keys_file, json.dumps({name: os.environ[name] for name in keys.NAMES}, indent=2))
    dump(directory / DUMP)
    # After the dump: a file is written before the row that names it.
    with tarfile.open(directory / MEDIA, "w") as tar:
        media = var.path / "media"
        if media.exists():
            tar.add(media, "media")
    (directory / MEDIA).chmod(0o600)
    contents = {
        "made_at": datetime.now(UTC).isoformat(),
        "sha256": {name: digest_of(directory / name) for name in (DUMP, MEDIA)},
        "keys": {name: fingerprints(os.environ[name]) for name in LASTING_KEYS},
    }
    # Written last: a directory without it is no backup.
    _write(directory / CONTENTS, json.dumps(contents, indent=2))


def dump(file: Path) -> None:
    """The database as it stands at this moment, in PostgreSQL's own format. Raises StartError."""
    run_on_database("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")
    file.chmod(0o600)


def run_on_database(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on DATABASE_URL; no other process sees the password. Raises StartError."""
    url = urlsplit(os.environ["DATABASE_URL"])
    password = {"PGPASSWORD": unquote(url.password)} if url.password else {}
    user, _, host = url.netloc.rpartition("@")
    target = url._replace(netloc=f"{user.partition(':')[0]}@{host}" if user else host).geturl()
    command = [str(binaries() / program), f"--dbname={target}", *arguments]
    done = subprocess.run(command, env=os.environ | password, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = done.stderr.strip()[-500:]
        raise StartError(f"{program} failed: {said}", f"{program} 失败：{said}")


def digest_of(file: Path) -> str:
    """SHA-256 of a file in hexadecimal digits."""
    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def fingerprints(value: str) -> list[str]:
    """By what keys are recognised, one for each of a comma-separated list; 256 random bits cannot be guessed from it."""
    return [hashlib.sha256(key.encode()).hexdigest() for key in value.split(",") if key]


def _write(file: Path, text: str) -> None:
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())


if __name__ == "__main__":
    sys.exit(main())
