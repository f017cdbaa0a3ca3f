"""Headless Chromium, driven over a pipe in its DevTools protocol: for tests and screenshots, without a library."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ANSWER_S = 30
POLL_S = 0.05
STOP_S = 10
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# Run as root, as containers do, it refuses its sandbox; what is opened are the project's own pages alone.
OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
           "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
           "--force-color-profile=srgb", "--remote-debugging-pipe")  # fmt: skip


class BrowserFailed(Exception):
    """Chromium refused a command, a script threw, or what was waited for never came."""


def executable() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One process; pages of it share nothing with each other."""

    def __init__(self, folder: Path):
        program = executable()
        if program is None:
            raise BrowserFailed(f"no Chromium on PATH, by none of the names {', '.join(NAMES)}")
        to_child, self._out = os.pipe()
        self._in, from_child = os.pipe()
        # It reads commands from descriptor 3 and writes answers to 4.
        shell = f'exec "$@" 3<&{to_child} 4>&{from_child}'
        command = ["bash", "-c", shell, "chromium", program, *OPTIONS, f"--user-data-dir={folder}"]
        self._process = subprocess.Popen(
            command, pass_fds=(to_child, from_child), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(to_child)
        os.close(from_child)
        self._numbers = itertools.count(1)
        self._answers: dict[int, queue.Queue[dict]] = {}
        self._pages: dict[str, Page] = {}
        threading.Thread(target=self._listen, daemon=True).start()

    def command(self, method: str, session: str | None = None, **parameters: object) -> dict:
        number = next(self._numbers)
        answer = self._answers[number] = queue.Queue()
        message = {"id": number, "method": method, "params": parameters}
        os.write(self._out, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        try:
            reply = answer.get(timeout=ANSWER_S)
        except queue.Empty:
            raise BrowserFailed(f"{method}: no answer within {ANSWER_S} s") from None
        finally:
            del self._answers[number]
        if "error" in reply:
            raise BrowserFailed(f"{method}: {reply['error']['message']}")
        return reply["result"]

    @contextlib.contextmanager
    def page(self, width: int = 1280, height: int = 800, **media: str) -> Iterator[Page]:
        """A window of its own, with cookies of its own; `media` are media features: `prefers_color_scheme="dark"`."""
        context = self.command("Target.createBrowserContext")["browserContextId"]
        target = self.command("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self._pages[session] = Page(self, session)
        page.start(width, height, media)
        try:
            yield page
        finally:
            del self._pages[session]
            self.command("Target.disposeBrowserContext", browserContextId=context)

    def close(self) -> None:
        with contextlib.suppress(BrowserFailed, OSError):
            self.command("Browser.close")
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._out)

    def _listen(self) -> None:
        rest = b""
        while chunk := os.read(self._in, 1 << 16):
            *messages, rest = (rest + chunk).split(b"\0")
            for message in map(json.loads, messages):
                if "id" in message:
                    if (answer := self._answers.get(message["id"])) is not None:
                        answer.put(message)
                elif (page := self._pages.get(message.get("sessionId", ""))) is not None:
                    page.heard(message["method"], message["params"])
        os.close(self._in)


class Page:
    """A page, what it has asked of the network, and what it has complained of."""

    def __init__(self, browser: Browser, session: str):
        self._browser = browser
        self._session = session
        self.requests: list[dict] = []
        """Each as the protocol's `Request`: url, method, postData, headers."""
        self.complaints: list[str] = []
        """Errors of console, scripts and network."""

    def start(self, width: int, height: int, media: dict[str, str]) -> None:
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.command(f"{domain}.enable")
        self.resize(width, height)
        features = [{"name": name.replace("_", "-"), "value": value} for name, value in media.items()]
        self.command("Emulation.setEmulatedMedia", features=features)
        self.command("Emulation.setFocusEmulationEnabled", enabled=True)

    def heard(self, event: str, parameters: dict) -> None:
        if event == "Network.requestWillBeSent":
            self.requests.append(parameters["request"])
        elif event == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description") or details["text"])
        elif event == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
            words = (str(each.get("value", each.get("description"))) for each in parameters["args"])
            self.complaints.append(" ".join(words))
        elif event == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            entry = parameters["entry"]
            self.complaints.append(f"{entry['text']} {entry.get('url', '')}")

    def command(self, method: str, **parameters: object) -> dict:
        return self._browser.command(method, self._session, **parameters)

    def resize(self, width: int, height: int, scale: float = 1) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 600}
        self.command("Emulation.setDeviceMetricsOverride", **size)

    def before_scripts(self, source: str) -> None:
        """`source` runs in every document before its own scripts."""
        self.command("Page.addScriptToEvaluateOnNewDocument", source=source)

    def open(self, address: str) -> None:
        self.command("Page.navigate", url=address)
        self.wait_for(f"location.href !== 'about:blank' && document.readyState === 'complete' && {json.dumps(address)}")

    def evaluate(self, expression: str) -> object:
        """The value of an expression; promises are awaited."""
        reply = self.command("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in reply:
            details = reply["exceptionDetails"]
            raise BrowserFailed(details.get("exception", {}).get("description") or details["text"])
        return reply["result"].get("value")

    def wait_for(self, expression: str, timeout_s: float = 15) -> None:
        """Until an expression is true."""
        self.wait_until(lambda: self._value(f"Boolean({expression})"), expression, timeout_s)

    def wait_until(self, condition: Callable[[], object], what: str, timeout_s: float = 15) -> object:
        deadline = time.monotonic() + timeout_s
        while not (value := condition()):
            if time.monotonic() > deadline:
                raise BrowserFailed(f"never came true: {what}; the page complains: {self.complaints}")
            time.sleep(POLL_S)
        return value

    def _value(self, expression: str) -> object:
        # Between two documents there is nowhere to evaluate.
        with contextlib.suppress(BrowserFailed):
            return self.evaluate(expression)
        return None

    def click(self, selector: str) -> None:
        """A real click in the middle of an element, scrolled into view."""
        script = f"""(() => {{ const element = document.querySelector({json.dumps(selector)});
            element.scrollIntoView({{block: "center", inline: "center", behavior: "instant"}});
            const box = element.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()"""
        x, y = self.evaluate(script)
        for kind in ("mousePressed", "mouseReleased"):
            self.command("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def point_nowhere(self) -> None:
        """Away from what was clicked, which otherwise goes on looking as under the pointer."""
        self.command("Input.dispatchMouseEvent", type="mouseMoved", x=0, y=0)

    def press(self, key: str, modifiers: int = 0) -> None:
        """A key as the keyboard sends it: `Tab`, `Enter`, `ArrowRight`, `a`; modifiers: 8 is Shift."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}
        text = "\r" if key == "Enter" else key if len(key) == 1 else ""
        fields = {"key": key, "code": key, "windowsVirtualKeyCode": codes.get(key, 0), "modifiers": modifiers}
        self.command("Input.dispatchKeyEvent", type="keyDown", text=text, **fields)
        self.command("Input.dispatchKeyEvent", type="keyUp", **fields)

    def type(self, text: str) -> None:
        self.command("Input.insertText", text=text)

    def cookies(self) -> dict[str, str]:
        return {cookie["name"]: cookie["value"] for cookie in self.command("Network.getCookies")["cookies"]}

    def screenshot(self, path: Path) -> None:
        """A picture of what the window shows."""
        picture = self.command("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(picture["data"]))


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as folder:
        browser = Browser(Path(folder))
        try:
            yield browser
        finally:
            browser.close()
