"""Servers and keys that an installation brings along when it is given none."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from liaison import keys
from liaison.vardir import BASE_DIR, StartError, VarDir

CONFIGURED = ("DATABASE_URL", "REDIS_URL", *keys.NAMES)


def run(*arguments, **environment):
    command = [sys.executable, "-m", "liaison.embedded", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, cwd=BASE_DIR)


def unconfigured():
    return {name: value for name, value in os.environ.items() if name not in CONFIGURED}


def test_a_command_gets_throwaway_servers_and_its_exit_code_is_kept():
    ask = "import os, psycopg2; print(os.environ['VAR_DIR']); psycopg2.connect(os.environ['DATABASE_URL']); raise SystemExit(3)"

    done = run("--throwaway", "--", sys.executable, "-c", ask, **os.environ)

    assert done.returncode == 3, done.stderr
    assert not Path(done.stdout.strip()).exists()


def test_configured_servers_are_used_and_nothing_is_started(tmp_path):
    var = tmp_path / "var"
    environment = unconfigured() | {"DATABASE_URL": "postgresql://db.example/portal", "VAR_DIR": str(var)}

    done = run("--", "sh", "-c", "echo $DATABASE_URL", **environment)

    assert done.stdout == "postgresql://db.example/portal\n"
    assert not var.exists()


def test_a_command_that_does_not_exist_is_named(tmp_path):
    environment = unconfigured() | {"DATABASE_URL": "postgresql://db.example/portal"}

    done = run("--", "no-such-command", **environment)

    assert done.returncode == 127
    assert done.stderr == "There is no command no-such-command.\n"


def test_an_older_installation_gets_the_key_that_it_lacks_and_keeps_the_others(tmp_path):
    var = VarDir(tmp_path / "var")
    made = keys.read_or_make(var, database_exists=False)
    (var.path / "keys.json").write_text(json.dumps({name: made[name] for name in made if name != "PHONE_KEY"}))

    completed = keys.read_or_make(var, database_exists=True)

    assert {name: key for name, key in completed.items() if made[name] != key}.keys() == {"PHONE_KEY"}
    assert keys.read_or_make(var, database_exists=True) == completed


def test_keys_are_made_once_and_differ(tmp_path):
    var = VarDir(tmp_path / "var")

    made = keys.read_or_make(var, database_exists=False)

    assert keys.read_or_make(var, database_exists=True) == made
    assert len(set(made.values())) == len(keys.NAMES)


def test_a_damaged_file_of_keys_is_not_replaced(tmp_path):
    var = VarDir(tmp_path / "var")
    (var.path / "keys.json").write_text('{"SECRET_KEY": "half')

    with pytest.raises(StartError, match=r"keys\.json is damaged"):
        keys.read_or_make(var, database_exists=True)

    assert (var.path / "keys.json").read_text() == '{"SECRET_KEY": "half'


def test_keys_made_for_an_env_file_are_of_the_kind_the_settings_ask_for():
    lines = subprocess.run([sys.executable, "-m", "liaison.keys"], capture_output=True, text=True, cwd=BASE_DIR).stdout

    made = dict(line.split("=", 1) for line in lines.splitlines())

    assert sorted(made) == sorted(keys.NAMES)
    assert len(made["IDENTITY_KEYS"]) == 44
    assert len(made["SECRET_KEY"]) >= 50


def test_only_one_process_owns_a_directory(tmp_path):
    first, second = VarDir(tmp_path / "var"), VarDir(tmp_path / "var")

    assert first.lock()
    assert not second.lock()
    assert second.owner() == str(os.getpid())

    first.unlock()
    assert second.lock()


def test_whoever_is_just_ending_is_waited_for(tmp_path):
    first, second = VarDir(tmp_path / "var"), VarDir(tmp_path / "var")
    first.lock()

    first.say_ending()
    threading.Timer(0.5, first.unlock).start()

    assert second.lock(seconds=0, while_ending=30)
    assert second.owner() == str(os.getpid())


def test_whoever_never_ends_is_not_waited_for_for_ever(tmp_path):
    first, second = VarDir(tmp_path / "var"), VarDir(tmp_path / "var")
    first.lock()
    first.say_ending()

    assert not second.lock(seconds=0, while_ending=0.2)
    assert second.owner() == str(os.getpid())


def test_the_sockets_of_a_long_path_always_lie_in_the_same_short_one(tmp_path):
    var = VarDir(tmp_path / ("x" * 100))

    run_dir = var.run_dir()

    assert run_dir == VarDir(var.path).run_dir()
    assert len(str(run_dir)) < 86
    assert run_dir.stat().st_mode & 0o777 == 0o700
    run_dir.rmdir()


def test_a_directory_that_is_a_file_is_told_in_both_languages(tmp_path):
    (tmp_path / "var").write_text("")

    with pytest.raises(StartError, match="cannot be written") as told:
        VarDir(tmp_path / "var")

    assert "无法写入" in str(told.value)


def test_more_space_than_the_disk_has_is_refused_with_both_figures(tmp_path):
    with pytest.raises(StartError, match=r"has \d+ MB left and 999999999 MB are needed"):
        VarDir(tmp_path).require_space(999_999_999)


def test_keys_of_an_installation_can_be_read_by_json_alone(tmp_path):
    made = keys.read_or_make(VarDir(tmp_path / "var"), database_exists=False)

    assert json.loads((tmp_path / "var" / "keys.json").read_text()) == made
