"""Mixed traffic: residents submit by API and by form, track and come back; staff accept and hand over."""

import contextlib
import http.client
import io
import itertools
import json
import os
import random
import re
import threading
import time
import urllib.error
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from PIL import Image

from accounts.models import Role
from bench.visitors import FORM, JSON, TOKEN, cookies, sign_in
from tests.factories import OrganFactory, StationFactory, a_region, a_user
from tests.faults.residents import Resident

PATIENCE = 20  # seconds
OFFICERS = 2


@dataclass(frozen=True)
class Accepted:
    """A submission that was answered: 201 with its code, or 200 where only a repetition was answered."""

    number: str
    code: str
    station: str
    has_photo: bool = False


class Traffic:
    """Threads that go on until they are stopped; what they met with is counted, `accepted` by the resident's address.

    Whoever gets no answer, or an error, sends the same thing again until there is an answer, as people do.
    """

    def __init__(self, site):
        self.site = site
        self.accepted: dict[str, Accepted] = {}
        self.met = Counter()
        self.slowest = 0.0
        self.complaints = []
        self._over = threading.Event()
        self._threads = []
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._stations = [StationFactory(region=a_region("130503107")) for _ in range(3)]
        self._photos = [_photo() for _ in range(3)]
        officers = [a_user(Role.OFFICER, station) for station in self._stations for _ in range(OFFICERS)]
        self._officers = {user.grants.get().station.code: sign_in(user) for user in officers}
        self._head = sign_in(a_user(Role.HEAD, a_region("130503107")))
        self._organ = OrganFactory()
        a_user(Role.CLERK, self._organ)

    def start(self):
        """Let everybody go to work."""
        self._over.clear()
        works = [self._submit_by_api, self._submit_by_api, self._submit_by_form, self._track, self._screen]
        self._threads = [threading.Thread(target=work, daemon=True) for work in works]
        for thread in self._threads:
            thread.start()

    def stop(self):
        """Let everybody finish what they have begun; return what was met since the last time, with the slowest answer."""
        self._over.set()
        for thread in self._threads:
            thread.join(180)
            if thread.is_alive():
                self.complaints.append("somebody still has no answer after three minutes")
        with self._lock:
            met, self.met = self.met, Counter()
            slowest, self.slowest = self.slowest, 0.0
        return met, slowest

    def _submit_by_api(self):
        while not self._over.is_set():
            number = next(self._numbers)
            address, station = f"resident{number}@example.invalid", self._stations[number % 3]
            body = json.dumps(_words(station.code, address, number)).encode()
            headers = JSON | {"Idempotency-Key": f"trial-{number}", "X-Forwarded-For": _network(number)}
            status, answer = self._ask_until_answered("POST", "/api/v1/petitions/", body, headers)
            if status in (200, 201):
                said = json.loads(answer)
                self._note(address, Accepted(said["number"], said["query_code"] or "", station.code))
            self._pause(0.7)

    def _submit_by_form(self):
        while not self._over.is_set():
            number = next(self._numbers)
            station = self._stations[number % 3]
            resident = Resident(self.site, station.code, number, [("X-Forwarded-For", _network(number))])
            photo = random.choice(self._photos)
            while not (answered := self._send(resident, photo)):
                time.sleep(1)
            if answered == "without its photo":
                photo = None
            number, code = _receipt(resident.receipt)
            self._note(resident.address, Accepted(number, code, station.code, photo is not None))
            self._pause(1)

    def _send(self, resident, photo):
        """Send a form, and once more without the photo where the portal says in a sentence that it cannot keep it."""
        began = time.monotonic()
        try:
            resident.submit(photo, timeout=PATIENCE)
        except urllib.error.HTTPError as error:
            self._count_status(error.code, began)
            if error.code != 422:
                return ""
            self._expect("照片" in error.read().decode(), "a form was refused without a word of the photo")
            with contextlib.suppress(OSError, http.client.HTTPException, AssertionError):
                resident.submit(None, timeout=PATIENCE)
                return "without its photo"
            return ""
        except (OSError, http.client.HTTPException):
            self._count("no answer")
            return ""
        except AssertionError as error:
            self._expect(False, f"a form led nowhere: {str(error)[:200]}")
            return ""
        self._count_status(201, began)
        return "whole"

    def _track(self):
        while not self._over.is_set():
            known = [case for case in list(self.accepted.values()) if case.code]
            if known:
                case = random.choice(known)
                headers = {"X-Query-Code": case.code, "X-Forwarded-For": _network(random.randrange(10**6))}
                status, _answer = self._ask("GET", f"/api/v1/petitions/{case.number}/", b"", headers)
                self._expect(
                    status in (200, 0) or status >= 500, f"{case.number} does not open with its code: {status}"
                )
                self._count("tracked" if status == 200 else "not tracked")
            # The portal lets a thousand be opened in an hour.
            self._pause(4)

    def _screen(self):
        """Staff accept the newest cases that they have not had yet, and the presidium hands them over."""
        taken = 0
        while not self._over.is_set():
            waiting = list(self.accepted.values())
            if taken < len(waiting):
                case = waiting[taken]
                taken += 1
                self._act(case, "accept", {"nature": "ordinary", "severity": "0"}, self._officers[case.station])
                self._act(case, "hand_over", {"lead": str(self._organ.pk)}, self._head)
            self._pause(0.3)

    def _act(self, case, action, typed, session):
        body = urlencode(typed | {"csrfmiddlewaretoken": TOKEN}).encode()
        cookie = cookies(session)["Cookie"] + f"; csrf={TOKEN}"
        path = f"/desk/petitions/{case.number}/{action}/"
        status, _answer = self._ask_until_answered("POST", path, body, FORM | {"Cookie": cookie})
        if status == 302:
            self._count(action)
        else:
            # Sent again after no answer, the first one may have been heard.
            self._expect(status == 409, f"{action} of {case.number} was answered {status}")

    def _ask_until_answered(self, method, path, body, headers):
        while True:
            status, answer = self._ask(method, path, body, headers)
            if status and status < 500:
                return status, answer
            time.sleep(1)

    def _ask(self, method, path, body, headers):
        """The status (0: none) and the body of one answer."""
        began = time.monotonic()
        connection = http.client.HTTPConnection(urlsplit(self.site).netloc, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            self._count("no answer")
            return 0, b""
        finally:
            connection.close()
        self._count_status(answer.status, began)
        return answer.status, said

    def _note(self, address, accepted):
        with self._lock:
            self.accepted[address] = accepted
            self.met["accepted"] += 1
            self.met["with a photo"] += accepted.has_photo
            self.met["only a repetition answered"] += not accepted.code

    def _count(self, what):
        with self._lock:
            self.met[what] += 1

    def _count_status(self, status, began):
        with self._lock:
            self.met["errors"] += status >= 500
            self.met["refused"] += status in (422, 429)
            self.slowest = max(self.slowest, time.monotonic() - began)

    def _expect(self, true, complaint):
        if not true:
            with self._lock:
                self.complaints.append(complaint)

    def _pause(self, seconds):
        self._over.wait(random.uniform(0, 2 * seconds))


def _words(station, address, number):
    return {
        "station": station,
        "title": f"村口路灯不亮（{number}）",
        "body": f"村口三盏路灯坏了半个月，老人晚上不敢出门。{address}",
        "secrecy": "station",
        "name": "孟庆余",
        "phone": "13900000042",
        "email": address,
    }


def _network(number):
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _receipt(page):
    """Number and code of a receipt; no code where it was shown before."""
    shown = re.findall(r'class="code">([^<]+)<', page)
    return (shown[0], shown[1]) if len(shown) == 2 else (re.search(r"编号是 (\S+?)。", page)[1], "")


def _photo():
    """A photo that cannot be made much smaller: some 300 kB."""
    data = io.BytesIO()
    Image.frombytes("RGB", (700, 500), os.urandom(700 * 500 * 3)).save(data, "JPEG", quality=85)
    return data.getvalue()
