#!/usr/bin/python3
"""in_browser.py PROGRAM: looks at the pages that PROGRAM (made_up_pages) writes with headless Chromium.

The browser is spoken to over a pipe (Chrome DevTools Protocol). With SLIPWAY_SCREENSHOTS=DIR in the environment, what it
saw is left in that directory. python3-pil is the distribution's Python's, so that is the one named above.
"""
import base64
import contextlib
import io
import itertools
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from PIL import Image

PROGRAM = sys.argv.pop(1)
PATIENCE_S = 120
KEPT = os.environ.get("SLIPWAY_SCREENSHOTS")

# What the page is asked for; the protocol may run this where the page itself may run nothing.
LOOK = """(() => {
  const ground = getComputedStyle(document.body).backgroundColor;
  const channels = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number).map(part => {
    part /= 255;
    return part <= 0.03928 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4); });
  const light = text => { const [r, g, b] = channels(text); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const behind = node => { for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      if (colour !== 'rgba(0, 0, 0, 0)') return colour; } return ground; };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim()) continue;
    const style = getComputedStyle(node);
    const found = contrast(node.closest('svg') ? style.fill : style.color, behind(node));
    if (found < 4.5) faint.push(walker.currentNode.data.trim().slice(0, 40) + ' ' + found.toFixed(2)); }
  const drawings = [...document.querySelectorAll('.row svg[role=img]')];
  return {
    title: document.title, ground, faint: faint.slice(0, 5), text: document.body.innerText,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    width: document.documentElement.clientWidth,
    height: document.documentElement.scrollHeight,
    outside: [...document.querySelectorAll('body *')].filter(node => !node.closest('.scroll') && !node.closest('svg')
      && node.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(node => node.outerHTML.slice(0, 80)).slice(0, 3),
    drawings: drawings.length, unnamed: drawings.filter(node => !node.getAttribute('aria-label')).length,
    flat: drawings.filter(node => { const box = node.getBoundingClientRect();
      return box.width < 100 || box.height < 20 || box.height > 200; }).length,
    active: document.querySelectorAll('script, img, iframe, object, embed, link, form, [onerror], [onload], [src]').length,
    headings: document.querySelectorAll('h1').length, tables: document.querySelectorAll('table caption').length,
  }; })()"""


class Refused(Exception):
    """What the browser answers in place of a result."""


class Browser:
    """One Chromium for all tests, of which every page is a target of its own."""

    def __init__(self):
        program = shutil.which("chromium")
        if not program:
            raise RuntimeError("chromium is not there: apt-get install chromium")
        self.home = tempfile.mkdtemp(prefix="slipway-browser-")
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        words = [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                 "--disable-background-networking", "--proxy-server=127.0.0.1:9",
                 "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={self.home}/profile",
                 "--remote-debugging-pipe", "about:blank"]
        # The protocol is spoken on descriptors 3 and 4, whatever these are called here.
        self.process = subprocess.Popen(
            ["sh", "-c", f'exec 3<&{theirs_in} 4>&{theirs_out}; exec "$@"', "sh", *words],
            pass_fds=(theirs_in, theirs_out), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env={**os.environ, "HOME": self.home})
        os.close(theirs_in)
        os.close(theirs_out)
        self.input, self.output = ours_out, ours_in
        self.numbers = itertools.count(1)
        self.rest = b""
        self.events = []

    def message(self, deadline):
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.output], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError("the browser says nothing")
            got = os.read(self.output, 1 << 20)
            if not got:
                raise RuntimeError(f"the browser ended with {self.process.wait()}")
            self.rest += got
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, session=None, **parameters):
        number = next(self.numbers)
        request = {"id": number, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        data = json.dumps(request).encode() + b"\0"
        while data:
            data = data[os.write(self.input, data):]
        deadline = time.monotonic() + PATIENCE_S
        while True:
            message = self.message(deadline)
            if message.get("id") == number:
                if "error" in message:
                    raise Refused(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def end(self):
        # It may close the pipe before it has answered; what was to be seen has been seen.
        with contextlib.suppress(RuntimeError, TimeoutError, OSError, subprocess.TimeoutExpired):
            self.call("Browser.close")
            self.process.wait(PATIENCE_S)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.input)
        os.close(self.output)
        shutil.rmtree(self.home, ignore_errors=True)


class Page:
    def __init__(self, browser, path, width, scheme, media="screen"):
        self.browser = browser
        browser.events.clear()
        self.target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", media=media,
                  features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.url = path.as_uri()
        self.call("Page.navigate", url=self.url)
        self.wait_until_loaded()
        self.seen = self.evaluate(LOOK)

    def call(self, method, **parameters):
        return self.browser.call(method, session=self.session, **parameters)

    def evaluate(self, expression):
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def wait_until_loaded(self):
        deadline = time.monotonic() + PATIENCE_S
        while not self.is_loaded():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.url} is not loaded")
            time.sleep(0.01)

    def is_loaded(self):
        try:
            return self.evaluate("document.URL + ' ' + document.readyState") == self.url + " complete"
        except Refused:  # between one document and the next there is nothing to ask
            return False

    def complaints(self):
        kinds = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
        return [e for e in self.browser.events if e.get("method") in kinds and e.get("sessionId") == self.session]

    def requests(self):
        return [e["params"]["request"]["url"] for e in self.browser.events
                if e.get("method") == "Network.requestWillBeSent" and e.get("sessionId") == self.session]

    def screenshot(self, name):
        clip = {"x": 0, "y": 0, "width": self.seen["width"], "height": min(self.seen["height"], 8000), "scale": 1}
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]
        picture = base64.b64decode(data)
        if KEPT:
            pathlib.Path(KEPT, name + ".png").write_bytes(picture)
        return Image.open(io.BytesIO(picture)).convert("RGB")

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)


class InBrowser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="slipway-pages-")
        cls.pages = {}
        for kind in ("plain", "hostile", "large", "bare"):
            path = pathlib.Path(cls.folder.name, kind + ".html")
            path.write_bytes(subprocess.run([PROGRAM, kind], check=True, capture_output=True).stdout)
            cls.pages[kind] = path
        cls.browser = Browser()

    @classmethod
    def tearDownClass(cls):
        cls.browser.end()
        cls.folder.cleanup()

    def look(self, kind, width, scheme, media="screen"):
        page = Page(self.browser, self.pages[kind], width, scheme, media)
        self.addCleanup(page.close)
        return page

    def looks_right(self, page):
        seen = page.seen
        self.assertEqual([], page.complaints())
        self.assertEqual([page.url], page.requests())
        self.assertEqual(0, seen["active"])
        self.assertEqual([], seen["faint"])
        self.assertLessEqual(seen["overflow"], 0)
        self.assertEqual([], seen["outside"])
        self.assertEqual(0, seen["flat"])
        self.assertEqual(0, seen["unnamed"])
        self.assertEqual(1, seen["headings"])
        self.assertTrue(seen["title"].startswith("Comparison with rootfs=fs-overlay"), seen["title"])

    def test_every_page_in_both_schemes_and_widths(self):
        for kind in self.pages:
            for width in (1280, 400):
                for scheme in ("light", "dark"):
                    with self.subTest(kind=kind, width=width, scheme=scheme):
                        page = self.look(kind, width, scheme)
                        self.looks_right(page)
                        picture = page.screenshot(f"{kind}-{width}-{scheme}")
                        colours = picture.getcolors(picture.width * picture.height)
                        self.assertTrue(width - 20 <= picture.width <= width, picture.width)  # without a scroll bar
                        self.assertGreater(len(colours), 20, "the picture is blank")
                        most, ground = max(colours)
                        self.assertLess(most, picture.width * picture.height)
                        self.assertEqual(scheme == "light", sum(ground) > 384, ground)

    def test_what_is_said(self):
        seen = self.look("plain", 1280, "light").seen
        for words in ("40 whole blocks of 8 variants", "rootfs=fs-copy network=net-none", "slower", "faster",
                      "same within 1 %", "Where the time goes", "memory.child", "The pipeline is the baseline\u2019s",
                      "Other than in the baseline", "An external command", "6.1.0-18-amd64", "seed 2031",
                      "Effects of the factors", "the page cache was not dropped"):
            with self.subTest(words=words):
                self.assertIn(words, seen["text"])
        # Of each of 3 measures 7 differences, 8 distributions and 5 effects; 7 variants' parts, twice.
        self.assertEqual(3 * (7 + 8 + 5) + 2 * 7, seen["drawings"])
        self.assertEqual(3 * 2 + 2 + 1, seen["tables"])

    def test_an_outcome_without_runs_says_so(self):
        self.assertIn("No run has any figure", self.look("bare", 1280, "light").seen["text"])

    def test_names_that_are_markup_stay_names(self):
        page = self.look("hostile", 1280, "light")
        self.assertIn("<script>document.title='run'</script>", page.seen["title"])
        self.assertIn("not comparable", page.seen["text"])
        self.assertIn("\\u202eesrever", page.seen["text"])

    def test_paper_is_white_and_has_everything_on_it(self):
        for scheme in ("light", "dark"):
            page = self.look("plain", 1000, scheme, media="print")
            self.assertEqual("rgb(255, 255, 255)", page.seen["ground"])
            self.assertEqual([], page.seen["faint"])
            page.screenshot(f"paper-{scheme}")
            pdf = base64.b64decode(page.call("Page.printToPDF", printBackground=False)["data"])
            self.assertTrue(pdf.startswith(b"%PDF"))
            if KEPT:
                pathlib.Path(KEPT, f"paper-{scheme}.pdf").write_bytes(pdf)


if __name__ == "__main__":
    unittest.main()
