"""Settings come from the environment, and a missing one is told in a sentence."""

import json
import os
import subprocess
import sys

import pytest

PRODUCTION = {
    "DATABASE_URL": "postgresql://portal@db.example/portal",
    "REDIS_URL": "redis://redis.example/0",
    "SECRET_KEY": "s" * 60,
    "IDENTITY_KEYS": "i" * 44,
    "CODE_KEY": "c" * 44,
    "PHONE_KEY": "p" * 44,
    "ALLOWED_HOSTS": "portal.example",
    "SITE_URL": "https://portal.example",
}


def read_settings(*names, **changes):
    """Import the settings in a process of their own; None as a value takes the variable away."""
    environment = {"PATH": os.environ["PATH"]} | PRODUCTION | changes
    given = {name: value for name, value in environment.items() if value is not None}
    code = (
        f"import json, liaison.settings as s; print(json.dumps([getattr(s, n, None) for n in {names!r}], default=str))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr.strip().splitlines()[-1]


def test_a_portal_that_is_only_told_its_servers_is_a_safe_one():
    names = ["DEBUG", "DEMO", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "BEHIND_PROXY"]

    assert read_settings(*names) == [False, False, True, True, 31536000, False]
    assert read_settings("SESSION_COOKIE_NAME", "SECURE_PROXY_SSL_HEADER") == ["__Host-sid", None]


def test_a_second_factor_is_demanded_but_in_a_demo():
    assert read_settings("SECOND_FACTOR_DEMANDED") == [True]
    assert read_settings("SECOND_FACTOR_DEMANDED", DEMO="1") == [False]


def test_a_single_sign_on_needs_a_secret_and_https():
    assert "OIDC_CLIENT_ID is not set" in read_settings("DEBUG", OIDC_ISSUER="https://sso.example")
    given = {"OIDC_CLIENT_ID": "portal", "OIDC_CLIENT_SECRET": "s"}
    assert "must begin with https" in read_settings("DEBUG", OIDC_ISSUER="http://sso.example", **given)


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "SECRET_KEY", "IDENTITY_KEYS", "CODE_KEY", "PHONE_KEY"])
def test_a_missing_variable_is_named_together_with_the_way_out(name):
    said = read_settings("DEBUG", **{name: None})

    assert f"{name} is not set" in said
    assert "script/server" in said


@pytest.mark.parametrize("other", ["SECRET_KEY", "PHONE_KEY"])
def test_one_key_must_not_serve_two_purposes(other):
    said = read_settings("DEBUG", CODE_KEY=PRODUCTION[other])

    assert "differ from each other" in said


def test_a_demo_without_a_mail_server_keeps_its_mails_as_files():
    names = ["EMAIL_BACKEND", "EMAIL_FILE_PATH"]

    backend, path = read_settings(*names, DEMO="1", VAR_DIR="/srv/portal")

    assert backend.endswith("filebased.EmailBackend")
    assert path == "/srv/portal/mail"


def test_a_mail_server_is_told_by_its_address():
    names = ["EMAIL_BACKEND", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_SSL", "EMAIL_HOST_PASSWORD"]

    mail = read_settings(*names, EMAIL_URL="smtp://office:se%40cret@mail.example:465/?ssl=True")

    assert mail == ["django.core.mail.backends.smtp.EmailBackend", "mail.example", 465, True, "se@cret"]


def test_a_broker_on_a_unix_socket_is_reached_by_celery_too():
    assert read_settings("CELERY_BROKER_URL", REDIS_URL="unix:///run/v.sock") == ["redis+socket:///run/v.sock"]
    assert read_settings("CELERY_BROKER_URL") == ["redis://redis.example/0"]


def test_a_pooled_database_is_asked_for_nothing_that_outlasts_a_transaction():
    pooled = read_settings("DATABASES", DATABASE_POOLED="1")[0]["default"]
    direct = read_settings("DATABASES")[0]["default"]

    assert (pooled["DISABLE_SERVER_SIDE_CURSORS"], "options" in pooled["OPTIONS"]) == (True, False)
    assert (direct["DISABLE_SERVER_SIDE_CURSORS"], "options" in direct["OPTIONS"]) == (False, True)
