"""A headless Chromium that a test drives: opens a page, asks it, presses keys, takes pictures.

Speaks the browser's debugging protocol over two pipes (--remote-debugging-pipe), so no port is
opened and nothing but the standard library is needed.
"""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from children import dies_with_the_test  # noqa: E402

ARGUMENTS = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
             "--no-first-run", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
             "--remote-debugging-pipe"]
ANSWER_SECONDS = 20


class Browser:
    """Use as `with Browser() as browser`; `logged` is what the page wrote to its console."""

    def __enter__(self):
        self.profile = tempfile.mkdtemp(prefix="springtide-browser-")
        to_browser, self.sending = os.pipe()
        self.receiving, from_browser = os.pipe()

        def as_three_and_four():  # above all others first, so that neither is overwritten
            command = fcntl.fcntl(to_browser, fcntl.F_DUPFD, 10)
            answer = fcntl.fcntl(from_browser, fcntl.F_DUPFD, 10)
            os.dup2(command, 3)
            os.dup2(answer, 4)
        self.process = subprocess.Popen(
            ARGUMENTS + ["--user-data-dir=" + self.profile, "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=False,
            preexec_fn=dies_with_the_test(as_three_and_four))
        os.close(to_browser)
        os.close(from_browser)
        self.buffer = b""
        self.last_id = 0
        self.session = None
        self.logged = []
        self.failed_requests = []
        targets = self._call("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")
        self.session = self._call("Target.attachToTarget", targetId=page["targetId"],
                                  flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(domain + ".enable")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.sending)
        os.close(self.receiving)
        shutil.rmtree(self.profile, ignore_errors=True)

    def _call(self, method, **parameters):
        self.last_id += 1
        message = {"id": self.last_id, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.sending, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + ANSWER_SECONDS
        while True:
            for answer in self._messages(until):
                if answer.get("id") == self.last_id:
                    if "error" in answer:
                        raise AssertionError(f"{method}: {answer['error']}")
                    return answer["result"]
                self._note(answer)

    def _messages(self, until):
        """At least one message, or an AssertionError when the time is over."""
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.receiving], [], [], max(0, until - time.monotonic()))
            piece = os.read(self.receiving, 1 << 20) if ready else b""
            if not piece:
                raise AssertionError("the browser does not answer")
            self.buffer += piece
        *whole, self.buffer = self.buffer.split(b"\0")
        return [json.loads(message) for message in whole]

    def _note(self, event):
        parameters = event.get("params", {})
        if event.get("method") == "Runtime.consoleAPICalled":
            self.logged.append(str([a.get("value") for a in parameters["args"]]))
        if event.get("method") == "Runtime.exceptionThrown":
            self.logged.append(json.dumps(parameters["exceptionDetails"]))
        if event.get("method") == "Log.entryAdded":
            self.logged.append(parameters["entry"]["text"])

    def open(self, url):
        self._call("Page.navigate", url=url)

    def window(self, width, height, phone=False):
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                   deviceScaleFactor=2 if phone else 1, mobile=phone)

    def colours(self, scheme):
        self._call("Emulation.setEmulatedMedia",
                   features=[{"name": "prefers-color-scheme", "value": scheme}])

    def ask(self, expression):
        """The value of an expression in the page."""
        result = self._call("Runtime.evaluate", expression=expression, returnByValue=True,
                            awaitPromise=True)
        if "exceptionDetails" in result:
            raise AssertionError(expression + ": " + json.dumps(result["exceptionDetails"]))
        return result["result"].get("value")

    def wait_for(self, expression, seconds=15):
        """Until the expression is true in the page; what cannot be evaluated yet is not."""
        until = time.monotonic() + seconds
        guarded = f"(() => {{ try {{ return !!({expression}); }} catch {{ return false; }} }})()"
        while not self.ask(guarded):
            if time.monotonic() > until:
                raise AssertionError(f"never true: {expression}; page: " +
                                     self.ask("document.body.innerText")[:2000])
            time.sleep(0.1)

    def press(self, key, code=None, text=""):
        for kind in ("keyDown", "keyUp"):
            self._call("Input.dispatchKeyEvent", type=kind, key=key, code=code or key,
                       windowsVirtualKeyCode={"Tab": 9, "Enter": 13, " ": 32}.get(key, 0),
                       text=text if kind == "keyDown" else "")

    def picture(self, path, whole=False):
        image = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        with open(path, "wb") as file:
            file.write(base64.b64decode(image["data"]))
