#!/usr/bin/env python3
"""browser.py PAGE [COMMAND...] - drives headless Chromium over a page.

    eval JS            prints what the expression is worth, as JSON
    wait JS            until it is true, a minute at the most
    key NAME           presses a key
    mouse TYPE X Y     mouseMoved, mousePressed, mouseReleased
    scheme light|dark  what the system prefers
    media print|''     what the page is shown on
    size W H           of the window
    shot FILE          a picture of the window; `full FILE` of the whole page
    pdf FILE           as printed

Fails when the page said anything on its console, threw, or asked for anything
but itself. Chromium speaks over two pipes; nothing listens on a port.
"""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

TIMEOUT = 60  # seconds, on a busy machine


class Browser:
    def __init__(self):
        program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if program is None:
            sys.exit("browser.py: there is no chromium")
        self.home = tempfile.mkdtemp(prefix="sockspy-browser-")
        read_theirs, self.to = os.pipe()
        self.back, write_theirs = os.pipe()
        flags = ["--headless=new", "--remote-debugging-pipe", "--user-data-dir=" + self.home, "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
                 "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en-US"]
        if os.getuid() == 0:
            flags.append("--no-sandbox")
        environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}

        def pipes():
            # Chromium reads from 3 and writes to 4.
            first, second = os.dup(read_theirs), os.dup(write_theirs)
            os.dup2(first, 3)
            os.dup2(second, 4)

        self.process = subprocess.Popen([program, *flags, "about:blank"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=pipes,
                                        close_fds=False, env=environment, start_new_session=True)
        os.close(read_theirs)
        os.close(write_theirs)
        self.number, self.rest, self.session, self.complaints = 0, b"", None, []

    def close(self):
        try:
            self.call("Browser.close")
            self.process.wait(10)
        except (OSError, RuntimeError, subprocess.TimeoutExpired):
            os.killpg(self.process.pid, 9)
            self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def read(self):
        while b"\0" not in self.rest:
            piece = os.read(self.back, 1 << 20)
            if not piece:
                raise RuntimeError("chromium has gone")
            self.rest += piece
        message, _, self.rest = self.rest.partition(b"\0")
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        end = time.time() + TIMEOUT
        while time.time() < end:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.notice(answer)
        raise RuntimeError(f"{method}: no answer")

    def notice(self, event):
        method, what = event.get("method"), event.get("params", {})
        if method == "Runtime.consoleAPICalled":
            self.complaints.append("console: " + json.dumps(what["args"]))
        elif method == "Runtime.exceptionThrown":
            details = what["exceptionDetails"]
            self.complaints.append("thrown: " + details.get("exception", {}).get("description", details["text"]))
        elif method == "Log.entryAdded":
            self.complaints.append("log: " + what["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            url = what["request"]["url"]
            if url != self.url and not url.startswith("data:"):
                self.complaints.append("request: " + url)

    def open(self, url):
        self.url = url
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        self.size(1280, 900)
        self.call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def eval(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError("eval: " + result["exceptionDetails"]["exception"].get("description", "?"))
        return result["result"].get("value")

    def wait(self, expression):
        end = time.time() + TIMEOUT
        while not self.eval(expression):
            if time.time() > end:
                raise RuntimeError("never came true: " + expression)
            time.sleep(0.02)

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=int(width), height=int(height), deviceScaleFactor=1,
                  mobile=False)

    def scheme(self, name):
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def media(self, name):
        self.call("Emulation.setEmulatedMedia", media=name)

    def key(self, name):
        known = {"Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Tab": 9}
        text = "\r" if name == "Enter" else name if len(name) == 1 else None
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, windowsVirtualKeyCode=known.get(name, 0),
                      **({"text": text} if kind == "keyDown" and text else {}))

    def mouse(self, kind, x, y):
        self.call("Input.dispatchMouseEvent", type=kind, x=float(x), y=float(y), button="left", clickCount=1)

    def save(self, file, result):
        with open(file, "wb") as out:
            out.write(base64.b64decode(result["data"]))

    def shot(self, file):
        self.save(file, self.call("Page.captureScreenshot", format="png"))

    def full(self, file):
        height = self.eval("document.documentElement.scrollHeight")
        self.size(1280, min(height, 12000))
        time.sleep(0.3)
        self.shot(file)

    def pdf(self, file):
        self.save(file, self.call("Page.printToPDF", printBackground=False, preferCSSPageSize=True))


ARGUMENTS = {"eval": 1, "wait": 1, "key": 1, "mouse": 3, "scheme": 1, "media": 1, "size": 2, "shot": 1, "full": 1, "pdf": 1}


def main():
    page, words = os.path.abspath(sys.argv[1]), sys.argv[2:]
    browser = Browser()
    try:
        browser.open("file://" + page)
        while words:
            command = words.pop(0)
            arguments, words = words[:ARGUMENTS[command]], words[ARGUMENTS[command]:]
            value = getattr(browser, command)(*arguments)
            if command == "eval":
                print(json.dumps(value, ensure_ascii=False))
        browser.eval("1")  # what was still on its way has come now
    except RuntimeError as trouble:
        print("browser.py:", trouble, file=sys.stderr)
        browser.complaints.append("")
    finally:
        browser.close()
    for complaint in browser.complaints:
        print(complaint, file=sys.stderr)
    return 1 if browser.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
