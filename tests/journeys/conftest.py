"""The whole portal as script/server runs it, with the demo's people, and browsers for each of them."""

import json
import re

import pytest

from tests.conftest import PHONE
from tests.faults.server import Server, copied, first_start


@pytest.fixture(scope="session")
def portal(tmp_path_factory):
    """Web, worker, beat, database and broker of its own, with the demo loaded."""
    server = Server(copied(first_start(tmp_path_factory), tmp_path_factory.mktemp("portal")), DEMO="1")
    try:
        yield server.wait_until_ready(240)
    finally:
        assert server.end() == 0


@pytest.fixture
def passwords(portal):
    """The demo's sign-ins, by name."""
    users = json.loads((portal.var / "demo-users.json").read_text(encoding="utf-8"))
    return {user["name"]: user["password"] for user in users}


@pytest.fixture
def visitor(browser, portal):
    """`visitor()` is a new person with a phone of 375 px; a script error or a policy refusal fails the journey."""
    contexts, complaints = [], []

    def visitor(**options):
        context = browser.new_context(
            viewport=PHONE,
            base_url=f"http://127.0.0.1:{portal.port}",
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

    yield visitor

    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def signed_in(visitor, passwords):
    """`signed_in("head")` is a demo user at the desk."""

    def signed_in(name):
        page = visitor()
        page.goto("/accounts/login/")
        page.get_by_label("登录名").fill(name)
        page.get_by_label("密码").fill(passwords[name])
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(re.compile("/desk/"))
        return page

    return signed_in
