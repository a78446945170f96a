"""What an office has entrusted to the portal comes back on an empty machine, whole."""

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from custody import sealing
from liaison import keys
from liaison.vardir import BASE_DIR
from petitions import services
from petitions.models import Petition
from tests.factories import StationFactory, a_user, picture

pytestmark = pytest.mark.faults

REPORTER = {"name": "孟庆余", "phone": "13900000042", "address": "南大郭村东街9号", "email": "meng@example.invalid"}


def run(*arguments, **environment):
    """A Python program with this environment and nothing else; None as a value takes a variable away."""
    environment = {name: value for name, value in (os.environ | environment).items() if value is not None}
    command = [sys.executable, "-m", *map(str, arguments)]
    return subprocess.run(command, env=environment, cwd=BASE_DIR, capture_output=True, text=True, timeout=200)


def contents(*prefix, **environment):
    done = run(*prefix, "tests.liaison.contents", **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def old(transactional_db):
    """The environment of a portal with three cases, a photo, identities, logs and their seals."""
    station = StationFactory()
    for number in range(3):
        case, _code = services.submit(
            station=station,
            region=station.region,
            title=f"路灯不亮{number}",
            body="村口三盏路灯坏了半个月。",
            secrecy=Petition.Secrecy.STATION,
            identity=REPORTER | {"name": f"孟庆余{number}"},
            submission_key=uuid4(),
        )
    services.accept(petition=case, actor=a_user("head", station.region), nature="ordinary")
    photo = settings.MEDIA_ROOT / "photos" / f"{uuid4().hex}.jpg"
    photo.parent.mkdir(parents=True, exist_ok=True)
    photo.write_bytes(picture())
    sealing.seal()
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    return {"DATABASE_URL": database.geturl(), "VAR_DIR": str(settings.VAR_DIR)}


def test_a_backup_gives_back_every_row_file_and_key_on_an_empty_machine(old, tmp_path):
    before = contents(**old)
    assert before["rows"]["petitions_petition"][0] == 3
    assert before["files"]
    done = run("liaison.backup", tmp_path / "backup", "--keys", tmp_path / "keys", **old)
    assert done.returncode == 0, done.stderr
    new = {"VAR_DIR": str(tmp_path / "new"), "DATABASE_URL": None, "REDIS_URL": None} | dict.fromkeys(keys.NAMES)

    # With other keys nothing is restored, and the right ones may come afterwards.
    (tmp_path / "others").write_text(json.dumps(keys.make()))
    refused = run("liaison.restore", tmp_path / "backup", "--keys", tmp_path / "others", **new)
    assert refused.returncode == 1
    assert "is not the key that this backup needs" in refused.stderr

    done = run("liaison.restore", tmp_path / "backup", "--keys", tmp_path / "keys", **new)
    assert done.returncode == 0, done.stderr
    after = contents("liaison.embedded", "--", sys.executable, "-m", **new)
    assert after == before

    # The chain of seals holds there, too; and nobody restores over what is there by mistake.
    done = run("liaison.embedded", "--", sys.executable, "manage.py", "verify_chain", **new)
    assert done.returncode == 0, done.stderr
    again = run("liaison.restore", tmp_path / "backup", "--keys", tmp_path / "keys", **new)
    assert again.returncode == 1
    assert "is there already" in again.stderr


def test_a_damaged_backup_is_refused_before_anything_is_changed(tmp_path):
    backup, var = tmp_path / "backup", tmp_path / "var"
    backup.mkdir()
    for name, said in [("portal.dump", "half"), ("media.tar", "")]:
        (backup / name).write_text(said)
    written = {"made_at": "", "keys": {}, "sha256": {"portal.dump": "0" * 64}}
    (backup / "contents.json").write_text(json.dumps(written))

    done = run("liaison.restore", backup, VAR_DIR=str(var), DATABASE_URL=None)

    assert done.returncode == 1
    assert "portal.dump is damaged" in done.stderr
    assert not (var / "postgres").exists()
