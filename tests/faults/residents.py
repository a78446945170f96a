"""Residents with real browsers' manners: they load the form, send it, and keep its key when they send it again."""

import http.cookiejar
import re
import time
import urllib.parse
import urllib.request


class Resident:
    """Somebody at the public form, with a browser that keeps cookies."""

    def __init__(self, site, station, number, headers=()):
        self.receipt = ""  # the page that the form led to
        self.address = f"resident{number}@example.invalid"
        self._form = f"{site}/petitions/new/?station={station}"
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self._browser.addheaders += headers
        self._hidden = None

    def submit(self, photo=None, timeout=10):
        """Fill in and send the form; return how many seconds the answer took. Sent again, it is the same form.

        Raises OSError when there is no answer, AssertionError when it is no receipt.
        """
        if self._hidden is None:
            page = self._browser.open(self._form, timeout=timeout).read().decode()
            self._hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        typed = {
            "title": "村口路灯不亮",
            "body": f"村口三盏路灯坏了半个月，老人晚上不敢出门。{self.address}",
            "secrecy": "station",
            "name": "孟庆余",
            "phone": "13900000042",
            "email": self.address,
            "confirmed": "1",
        }
        began = time.monotonic()
        request = urllib.request.Request(self._form, *_encoded(self._hidden | typed, photo))
        with self._browser.open(request, timeout=timeout) as answer:
            self.receipt = answer.read().decode()
            assert answer.url.endswith("/receipt/"), self.receipt
        return time.monotonic() - began


def _encoded(fields, photo):
    if photo is None:
        return urllib.parse.urlencode(fields).encode(), {}
    mark = "----of-a-resident"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in fields.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    body = "\r\n".join([*parts, head]).encode() + photo + f"\r\n--{mark}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={mark}"}
