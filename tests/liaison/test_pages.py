"""What every answer of the portal carries, and what a visitor reads when something went wrong."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client

from accounts.models import Role
from liaison import middleware
from tests.factories import a_user

pytestmark = pytest.mark.django_db


def test_the_portal_says_that_it_is_ready(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.content == b"ok"


def test_a_browser_that_asks_for_an_icon_by_its_old_name_is_led_to_it(client):
    answer = client.get("/favicon.ico")

    assert answer.status_code == 302
    assert finders.find(answer.url.removeprefix("/static/")).endswith("favicon.svg")
    assert f'rel="icon" href="{answer.url}"' in client.get("/").content.decode()


def test_readiness_can_be_asked_without_tls_behind_the_proxy(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/healthz").status_code == 200
    assert client.get("/no-such-page").status_code == 301


def test_every_answer_forbids_foreign_scripts_styles_and_frames(client):
    answer = client.get("/no-such-page")

    assert answer.headers["Content-Security-Policy"] == middleware.POLICY.format(nonce=answer.wsgi_request.csp_nonce)
    assert "unsafe" not in middleware.POLICY
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_script_runs_by_a_nonce_that_no_second_answer_bears(client):
    pages = [client.get("/no-such-page") for _ in range(2)]
    nonces = {page.wsgi_request.csp_nonce for page in pages}

    assert len(nonces) == 2
    for page in pages:
        nonce = page.wsgi_request.csp_nonce
        assert f"'nonce-{nonce}' 'strict-dynamic'" in page.headers["Content-Security-Policy"]
        scripts = re.findall(r"<script[^>]*>", page.content.decode())
        assert scripts
        assert all(f'nonce="{nonce}"' in script for script in scripts)


def test_the_admin_site_runs_our_files_only(client):
    policy = client.get("/admin/").headers["Content-Security-Policy"]

    assert "script-src 'self';" in policy


@pytest.mark.parametrize("path", ["/desk/x", "/petitions/track/x", "/accounts/x"])
def test_a_private_page_is_not_kept_by_the_browser(client, path):
    answer = client.get(path)

    assert answer.headers["Cache-Control"] == "private, no-store"


def test_no_page_is_kept_for_a_visitor_who_has_signed_in(client, settings):
    public = client.get("/no-such-page")
    client.cookies[settings.SESSION_COOKIE_NAME] = "somebody"
    signed_in = client.get("/no-such-page")

    assert "no-store" not in public.headers.get("Cache-Control", "")
    assert "no-store" in signed_in.headers["Cache-Control"]


def test_an_address_told_by_the_visitor_counts_for_nothing(rf, settings):
    request = rf.get("/", headers={"x-forwarded-for": "203.0.113.9"}, REMOTE_ADDR="198.51.100.1")

    middleware.behind_proxy(lambda request: None)(request)

    assert request.META["REMOTE_ADDR"] == "198.51.100.1"


def test_behind_our_proxy_the_address_that_it_saw_counts(rf, settings):
    settings.BEHIND_PROXY = True
    forged_and_seen = "203.0.113.9, 198.51.100.7"
    request = rf.get("/", headers={"x-forwarded-for": forged_and_seen}, REMOTE_ADDR="10.0.0.2")

    middleware.behind_proxy(lambda request: None)(request)

    assert request.META["REMOTE_ADDR"] == "198.51.100.7"


def test_a_request_too_large_for_the_form_is_not_read(client, settings):
    settings.REQUEST_MAX_BYTES = 1000

    answer = client.post("/accounts/login/", {"username": "x" * 2000})

    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/", "/petitions/new/", "/accounts/login/", "/api/v1/stations/", "/healthz"])
def test_no_page_answers_trace(client, path):
    assert client.trace(path).status_code == 405


def test_a_page_that_does_not_exist_says_so_in_chinese(client):
    answer = client.get("/no-such-page")

    assert answer.status_code == 404
    assert "没有找到" in answer.content.decode()
    assert "回到工作台" not in answer.content.decode()


def test_whoever_is_signed_in_finds_the_way_back_to_the_desk_from_a_page_that_does_not_exist(client):
    client.force_login(a_user(Role.OFFICER))

    assert "回到工作台" in client.get("/no-such-page").content.decode()


def test_an_expired_form_says_in_chinese_what_to_do(settings):
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post("/accounts/login/", {})

    assert answer.status_code == 403
    assert "页面" in answer.content.decode()


def test_the_page_of_an_error_needs_nothing_from_the_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        page = render_to_string("500.html")

    assert "<html" in page
