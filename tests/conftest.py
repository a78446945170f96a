"""What all tests share: places and settings of their own, and real Chromium."""

import gc
import os
import shutil
import subprocess
import sys
from pathlib import Path

import hypothesis
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase
from playwright.sync_api import sync_playwright
from xdist.scheduler import LoadFileScheduling

from tests.once import once

PHONE = {"width": 375, "height": 812}
DESKTOP = {"width": 1280, "height": 900}


# How long an example takes says how busy the machine is, not what the office does.
hypothesis.settings.register_profile("office", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("office")


def pytest_configure(config):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    settings.VAR_DIR = Path(settings.VAR_DIR) / f"tests-{worker}"
    settings.MEDIA_ROOT = settings.VAR_DIR / "media"
    settings.STATIC_ROOT = settings.VAR_DIR / "static"
    settings.EMAIL_FILE_PATH = settings.VAR_DIR / "mail"
    settings.CACHES["default"]["KEY_PREFIX"] = worker
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Pages find their files where they lie, without collectstatic.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True


@pytest.fixture(autouse=True)
def _nothing_is_kept_of_another_tests_office(monkeypatch):
    for enough in ("LONG", "SHORT"):
        monkeypatch.setattr(f"insights.kept.{enough}", float("inf"))


class FilesAndJourneys(LoadFileScheduling):
    """A file goes to one worker whole, and all journeys to one, as they share a portal whose first start takes long."""

    def _split_scope(self, nodeid):
        return "journeys" if nodeid.startswith("tests/journeys/") else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config, log):
    return FilesAndJourneys(config, log)


def pytest_collection_finish():
    """What is loaded by now stays: the collector need not go through it again and again, nor at every few pages."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Whole offices with real processes first: each is one long test, and the last of them would be waited for alone.

    The journeys begin: their portal starts for the first time while another worker makes the tables for all.
    """
    long = ("journeys", "faults")
    items.sort(key=lambda item: long.index(name) if (name := item.path.parent.name) in long else len(long))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, tmp_path_factory):
    """In a whole run the tables are made once, in the database that is configured, and each worker's is a copy of it."""
    if "TEST_TEMPLATE" not in os.environ:
        return
    migrate = [sys.executable, settings.BASE_DIR / "manage.py", "migrate", "--verbosity", "0"]
    once(tmp_path_factory, "tables", lambda place: subprocess.run(migrate, check=True))
    database = settings.DATABASES["default"]
    database["TEST"]["TEMPLATE"] = database["NAME"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """A test that commits empties the tables behind it; calendar, terms and ladder then come back for the next one.

    Django does so for the next test that commits only, while a worker goes on with files whose tests roll back, and it
    takes a second for it.
    """
    tables = connection.introspection.django_table_names(only_existing=False)
    with django_db_blocker.unblock():
        brought = filled(tables)
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS brought CASCADE; CREATE SCHEMA brought")
            for table in brought:
                cursor.execute(f"CREATE TABLE brought.{table} AS TABLE {table}")

    def empty_and_refill(test):
        with transaction.atomic(), connection.cursor() as cursor:
            # Neither foreign keys nor what forbids changes is asked; sequences go on, as rows come back with their keys.
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in filled(tables):
                cursor.execute(f"DELETE FROM {table}")
            for table in brought:
                cursor.execute(f"INSERT INTO {table} SELECT * FROM brought.{table}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_and_refill)
        yield


def filled(tables):
    """Those of the tables that have a row."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in tables))
        return [table for (table,) in cursor.fetchall()]


@pytest.fixture(scope="module")
def shared(django_db_setup, django_db_blocker):
    """One transaction around a file: a fixture of the module that asks for it makes an office once for all its tests.

    Each test rolls back to that. None of them may commit; each takes a copy of the objects, which it may change.
    """
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        # Django ends the connection behind every test.
        patch.setattr(connection, "close", lambda: None)
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def browser():
    """One headless Chromium for the session; without one the test is skipped, and fails where CI is set."""
    chromium = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
    if chromium is None:
        reason = "there is no Chromium: apt-get install chromium-headless-shell fonts-noto-cjk"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    options = ["--disable-gpu", "--disable-background-networking", "--no-first-run"]
    if os.getuid() == 0:
        options.append("--no-sandbox")
    # Playwright runs an event loop in the tests' thread, where Django would refuse its queries.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, live_server):
    """Open a page of a new visitor: `open_page(PHONE)`; keyword arguments go to the browser's context.

    Addresses are relative to the live server. A script error or a refusal by the security policy fails the test.
    """
    contexts, complaints = [], []

    def open_page(viewport=DESKTOP, **options):
        context = browser.new_context(
            viewport=viewport,
            base_url=live_server.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Security Policy" in said.text else None)
        return page

    yield open_page

    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def phone(open_page):
    """A page as wide as a phone (375 px)."""
    return open_page(PHONE)


@pytest.fixture
def desktop(open_page):
    """A page as wide as an office screen (1280 px)."""
    return open_page(DESKTOP)


@pytest.fixture(scope="session")
def axe():
    """`axe(page)` fails with the list of accessibility violations of the page as it stands."""

    def check(page):
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()

    return check
