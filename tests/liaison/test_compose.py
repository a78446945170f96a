"""The containers run what the tests run, and can do nothing else."""

import shlex

import pytest
import yaml

from liaison import programs
from liaison.postgres import FOR_PAGES, NOTHING_TYPED
from liaison.valkey import HOLDS_NOTHING
from liaison.vardir import BASE_DIR

SERVICES = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())["services"]


def command(name):
    return shlex.split(SERVICES[name]["command"])


@pytest.mark.parametrize(
    ("name", "runs"),
    [
        ("prepare", ["python", "-m", *programs.prepare()]),
        ("web", programs.web("0.0.0.0:8000")),
        ("worker", programs.worker()),
        ("beat", programs.beat("/var/portal/beat-schedule")),
    ],
)
def test_a_container_runs_what_script_server_and_the_fault_tests_run(name, runs):
    assert command(name) == runs


def test_the_image_runs_a_web_process_when_it_is_told_nothing():
    said = (BASE_DIR / "Dockerfile").read_text()

    assert f"CMD {str(programs.web('0.0.0.0:8000')).replace(chr(39), chr(34))}" in said


def test_the_servers_are_set_as_those_that_the_portal_brings_along():
    postgres, redis = command("postgres"), command("redis")

    assert postgres[0] == "postgres"
    assert {f"{name}={value}" for name, value in (FOR_PAGES | NOTHING_TYPED).items()} <= set(postgres)
    assert redis == ["valkey-server", *(part for name, value in HOLDS_NOTHING.items() for part in (f"--{name}", value))]


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_runs_as_root_writes_to_its_image_or_gains_rights(name):
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    # The proxy's user stands in its image.
    assert name == "proxy" or service["user"] not in ("", "root", "0", "0:0")


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"prepare"}))
def test_every_container_that_stays_says_whether_it_is_well(name):
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_what_the_portal_writes_outlives_its_containers():
    kept = {name: service.get("volumes", []) for name, service in SERVICES.items()}

    assert kept["postgres"] == ["postgres:/var/lib/postgresql"]
    assert all("portal:/var/portal" in kept[name] for name in ("prepare", "web", "worker", "beat"))
