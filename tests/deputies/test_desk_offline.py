"""The desk in real Chromium at 375 px: a note in few touches, the network cut, nothing lost and nothing stored twice."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from deputies import services
from deputies.models import Note
from tests.conftest import PHONE
from tests.deputies.test_notes import VISITOR, Day
from tests.factories import a_user, picture
from vault import services as vault

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def day():
    day = Day()
    services.check_in(reception=day.reception, deputy=day.deputy, actor=day.officer)
    return day


@pytest.fixture
def desk(day, open_page):
    """The open session page of the deputy on duty, on a phone."""
    page = open_page(PHONE)
    sign_in(page, day.deputy.user)
    page.goto(session_of(day))
    page.wait_for_selector("[data-ready]")
    return page


def sign_in(page, user):
    browser = Client()
    browser.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    base = page.context.request.get("/healthz").url.removesuffix("/healthz")
    page.context.add_cookies([{"name": name, "value": browser.cookies[name].value, "url": base}])


def session_of(day):
    return reverse("deputies:session", args=[day.reception.pk])


def write(page, topic, *, outcome="需要办理", words="三盏灯坏了半个月，老人晚上不敢出门。"):
    page.get_by_label("什么事").fill(topic)
    page.get_by_label("来访人的原话").fill(words)
    page.get_by_text(outcome, exact=True).click()


def save(page):
    # By key: the bar with the button moves while the page still scrolls, and a press of the mouse may fall beside it.
    page.get_by_role("button", name="保存", exact=True).press("Enter")


def topics():
    return list(Note.objects.order_by("number").values_list("topic", flat=True))


def rows(page):
    return page.locator("[data-notes] .row-title a").all_inner_texts()


def test_a_note_appears_with_its_number_and_the_form_is_ready_for_the_next(desk, day, axe):
    write(desk, "村口路灯不亮")
    desk.get_by_role("button", name="多一人").click()
    save(desk)
    desk.wait_for_selector("#note-1")

    note = Note.objects.get()
    assert (note.topic, note.visitors, note.deputy) == ("村口路灯不亮", 2, day.deputy)
    assert "已记为第 1 号" in desk.inner_text("[data-said]")
    assert desk.get_by_label("什么事").input_value() == ""
    assert desk.get_by_label("来了几个人").input_value() == "1"
    assert desk.evaluate("document.documentElement.scrollWidth") <= 375
    axe(desk)


def test_a_double_tap_stores_one_note(desk):
    write(desk, "村口路灯不亮")
    desk.get_by_role("button", name="保存", exact=True).dblclick()
    desk.wait_for_selector("#note-1")
    desk.wait_for_timeout(500)

    assert topics() == ["村口路灯不亮"]
    assert desk.locator(".has-error").count() == 0


def test_what_is_typed_is_there_again_after_the_page_was_loaded_anew(desk):
    write(desk, "村口路灯不亮", outcome="当场答复")
    desk.get_by_label("当场怎么答复的").fill("明天请电工来看。")
    desk.get_by_text("也告诉代表和承办单位").click()
    desk.get_by_label("电话").fill("13900001234")
    desk.get_by_text("已保存在本机").wait_for()

    # The browser would scroll back to where the page stood, for half a second, and the button away from under the press.
    desk.evaluate("history.scrollRestoration = 'manual'")
    desk.reload()
    desk.wait_for_selector("[data-ready]")
    desk.get_by_text("已保存在本机").wait_for()

    assert desk.get_by_label("什么事").input_value() == "村口路灯不亮"
    assert desk.get_by_label("当场怎么答复的").input_value() == "明天请电工来看。"
    assert desk.get_by_label("电话").input_value() == "13900001234"
    assert desk.locator("[name=secrecy]:checked").input_value() == "named"
    save(desk)
    desk.wait_for_selector("#note-1")
    assert Note.objects.get().identity is not None
    desk.reload()
    desk.wait_for_selector("[data-ready]")
    assert desk.get_by_label("什么事").input_value() == ""


def test_notes_wait_on_the_device_while_there_is_no_network_and_are_sent_once_it_is_back(desk):
    write(desk, "第一位")
    save(desk)
    desk.wait_for_selector("#note-1")

    desk.context.set_offline(True)
    for topic in ("第二位", "第三位"):
        write(desk, topic)
        save(desk)
        desk.get_by_text("这一条已存在本机").wait_for()
    # The words of the first note still stand while the second is being put away.
    desk.locator("[data-queue]").get_by_text("等待发送 2 条").wait_for()
    write(desk, "第四位")
    desk.get_by_role("button", name="张代表").click()
    assert "现在没有网络" in desk.inner_text("[data-no-network]")

    desk.context.set_offline(False)
    desk.wait_for_selector("#note-3")

    assert topics() == ["第一位", "第二位", "第三位"]
    assert rows(desk) == ["第三位", "第二位", "第一位"]
    assert desk.locator("[data-queue]").is_hidden()
    assert desk.get_by_label("什么事").input_value() == "第四位"


def test_a_queue_survives_the_page_and_is_sent_by_the_next_one(desk, day):
    desk.context.set_offline(True)
    write(desk, "没有网的时候记的")
    save(desk)
    desk.get_by_text("等待发送 1 条").wait_for()
    desk.close()

    page = desk.context.new_page()
    desk.context.set_offline(False)
    page.goto(reverse("portal:desk"))
    page.get_by_role("link", name="还有 1 条接待记录没有发送").click()
    page.wait_for_selector("#note-1")

    assert topics() == ["没有网的时候记的"]


def test_a_lost_answer_stores_no_second_note(desk):
    def answer_and_lose(route):
        route.fetch()
        route.abort()

    desk.route("**/notes/", answer_and_lose, times=1)
    write(desk, "村口路灯不亮")
    save(desk)
    desk.get_by_text("等待发送 1 条").wait_for()
    assert topics() == ["村口路灯不亮"]

    desk.get_by_role("button", name="现在发送").click()
    desk.wait_for_selector("#note-1")

    assert topics() == ["村口路灯不亮"]
    assert rows(desk) == ["村口路灯不亮"]
    assert desk.locator("[data-queue]").is_hidden()


def test_what_the_server_refuses_comes_back_for_correction(desk):
    write(desk, "村口路灯不亮")
    desk.get_by_label("电话").fill("123")
    save(desk)
    desk.get_by_text("手机号应为11位").wait_for()

    assert desk.get_by_label("什么事").input_value() == "村口路灯不亮"
    desk.get_by_label("电话").fill("13900001234")
    save(desk)
    desk.wait_for_selector("#note-1")
    assert topics() == ["村口路灯不亮"]


def test_a_note_that_came_too_late_for_the_summary_is_not_lost(desk, day):
    desk.context.set_offline(True)
    write(desk, "最后一位")
    save(desk)
    desk.get_by_text("等待发送 1 条").wait_for()
    write(desk, "还在写")
    services.close_session(reception=day.reception, remarks="", actor=day.officer)

    desk.context.set_offline(False)
    desk.get_by_text("不再改动；还有来访人的意见").wait_for()

    assert topics() == []
    assert "最后一位" in desk.inner_text("[data-queue-rows]")
    assert desk.get_by_label("什么事").input_value() == "还在写"


def test_what_is_missing_is_said_at_once_even_without_a_network(desk):
    desk.context.set_offline(True)
    desk.get_by_label("什么事").fill("只写了题目")
    save(desk)

    assert desk.locator(".field-error").all_inner_texts() == ["请记下来访人说的话。", "请选择怎么处理。"]


def test_after_the_session_ran_out_the_note_waits_for_signing_in(desk, day):
    desk.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    write(desk, "村口路灯不亮")
    save(desk)
    desk.get_by_text("请重新登录后继续发送").wait_for()
    assert topics() == []

    sign_in(desk, day.deputy.user)
    desk.goto(session_of(day))
    desk.wait_for_selector("#note-1")

    assert topics() == ["村口路灯不亮"]


def test_photos_travel_with_the_note_and_wait_with_it(desk):
    for size in ((640, 480), (480, 640)):
        file = {"name": "路灯.png", "mimeType": "image/png", "buffer": picture("PNG", size)}
        desk.get_by_label("拍照").set_input_files([file])
        desk.wait_for_timeout(200)
    desk.context.set_offline(True)
    write(desk, "村口路灯不亮")
    save(desk)
    desk.get_by_text("等待发送 1 条").wait_for()
    desk.context.set_offline(False)
    desk.wait_for_selector("#note-1")

    assert [(photo.width, photo.height) for photo in Note.objects.get().photos.all()] == [(640, 480), (480, 640)]


def test_a_booked_visitor_is_received_with_one_touch(desk, day):
    booking = day.booking(identity=vault.keep(VISITOR), people=3)
    desk.reload()
    desk.wait_for_selector("[data-ready]")
    desk.get_by_role("link", name="来了").click()
    desk.get_by_label("来访人的原话").fill("下水道堵了三天。")
    desk.get_by_text("需要办理", exact=True).click()
    assert desk.get_by_label("电话").is_hidden()
    save(desk)
    desk.wait_for_selector("#note-1")

    note = Note.objects.get()
    assert (note.topic, note.visitors, note.appointment) == ("下水道堵了", 3, booking)
    assert note.identity is not None
    assert desk.locator("[data-booking]").count() == 0


def test_signing_out_asks_first_and_leaves_nothing_on_the_device(desk):
    desk.context.set_offline(True)
    write(desk, "村口路灯不亮")
    save(desk)
    desk.get_by_text("等待发送 1 条").wait_for()
    # Before the network is back, or the note is sent in between.
    desk.route("**/notes/", lambda route: route.abort())
    desk.context.set_offline(False)
    asked = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))

    desk.locator("summary", has_text="菜单").click()
    desk.get_by_role("button", name="退出").click()
    desk.wait_for_url("**/accounts/login/**")

    assert "还有 1 条接待记录没有发送" in asked[0]
    assert kept_on_device(desk) == []


def test_another_user_at_the_device_finds_nothing_of_the_first_ones(desk, day):
    write(desk, "村口路灯不亮")
    desk.get_by_role("textbox", name="姓名").fill("韩秋生")
    desk.get_by_text("已保存在本机").wait_for()

    sign_in(desk, a_user(Role.OFFICER, day.station))
    desk.goto(session_of(day))
    desk.wait_for_selector("[data-ready]")
    desk.wait_for_timeout(300)

    assert desk.get_by_label("什么事").input_value() == ""
    assert kept_on_device(desk) == []


def test_a_draft_is_forgotten_after_a_day_and_a_waiting_note_forgets_who_spoke(desk):
    desk.route("**/notes/", lambda route: route.abort())
    write(desk, "等着发送的")
    desk.get_by_role("textbox", name="姓名").fill("韩秋生")
    save(desk)
    desk.get_by_text("等待发送 1 条").wait_for()
    write(desk, "只是草稿")
    desk.get_by_text("已保存在本机").wait_for()
    desk.evaluate("""async () => {
        for (const note of await drafts.all()) await drafts.put({ ...note, savedAt: Date.now() - 25 * 3600 * 1000 });
    }""")

    desk.reload()
    desk.wait_for_selector("[data-ready]")
    desk.wait_for_timeout(500)

    kept = kept_on_device(desk)
    assert [dict(note["fields"])["topic"] for note in kept] == ["等着发送的"]
    assert "韩秋生" not in str(kept)
    assert desk.get_by_label("什么事").input_value() == ""


def kept_on_device(page):
    return page.evaluate("""() => new Promise((resolve, reject) => {
        const asked = indexedDB.open("desk", 1);
        asked.onerror = () => reject(asked.error);
        asked.onsuccess = () => {
            const all = asked.result.transaction("notes").objectStore("notes").getAll();
            all.onsuccess = () => { asked.result.close(); resolve(all.result); };
        };
    })""")


def test_hostile_words_come_back_as_words(desk):
    write(desk, "<img src=x onerror=alert(1)>", words="<script>alert(2)</script>")
    save(desk)
    desk.wait_for_selector("#note-1")

    assert rows(desk) == ["<img src=x onerror=alert(1)>"]
    assert desk.locator("[data-notes] img").count() == 0


def test_without_javascript_the_form_is_an_ordinary_one(day, open_page):
    page = open_page(PHONE, java_script_enabled=False)
    sign_in(page, day.deputy.user)
    page.goto(session_of(day))
    write(page, "村口路灯不亮")
    save(page)
    page.wait_for_selector("#note-1")

    assert "已记为第1号" in page.inner_text("main")
    assert topics() == ["村口路灯不亮"]
