"""A headless Chromium that tells of every message and every request."""

import json
import pathlib
import time

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service


class Browser:
    """Chromium with a page open, and what it said and asked for since."""

    def __init__(self, width=1280, height=900, theme="light"):
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for argument in (
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--hide-scrollbars", "--force-device-scale-factor=1", "--no-first-run",
            "--disable-background-networking", "--disable-component-update",
        ):
            options.add_argument(argument)
        options.set_capability(
            "goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(
            service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.set_script_timeout(60)
        self.emulate(width, height, theme)

    def emulate(self, width, height, theme, media=""):
        """Takes on a size, a colour theme, and perhaps paper in place of the screen."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
        })
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "media": media,
            "features": [{"name": "prefers-color-scheme", "value": theme}],
        })

    def open(self, path, fragment=""):
        """Opens a file anew, as one does by following a link from elsewhere."""
        self.driver.get("about:blank")
        self.driver.get(pathlib.Path(path).resolve().as_uri() + fragment)

    def run(self, script, *arguments):
        """Runs a script in the page."""
        return self.driver.execute_script(script, *arguments)

    def wait(self, script, *arguments, seconds=20):
        """Waits until a script of the page gives something true, and says what."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.run(script, *arguments)
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError(f"never came true within {seconds} s: {script}")

    def press(self, key, code=None, text=None):
        """Presses a key, as whoever has only a keyboard does."""
        event = {"key": key, "code": code or key}
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38,
                 "ArrowRight": 39, "ArrowDown": 40, "End": 35, "Home": 36}
        if key in codes:
            event["windowsVirtualKeyCode"] = codes[key]
        if key == "Enter":
            text = "\r"
        if text:
            event["text"] = text
        send = self.driver.execute_cdp_cmd
        send("Input.dispatchKeyEvent", {"type": "keyDown", **event})
        send("Input.dispatchKeyEvent", {"type": "keyUp", **event})

    def type(self, words):
        """Types a text."""
        for letter in words:
            self.press(letter, text=letter)

    def complaints(self):
        """The console's warnings and errors since this was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] in ("WARNING", "SEVERE")]

    def requests(self):
        """The addresses that were asked for since this was last asked."""
        found = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.append(message["params"]["request"]["url"])
        return found

    def picture(self, path, whole=False):
        """Takes a picture of what is shown, or of the whole page."""
        import base64
        data = self.driver.execute_cdp_cmd(
            "Page.captureScreenshot", {"format": "png", "captureBeyondViewport": whole})
        pathlib.Path(path).write_bytes(base64.b64decode(data["data"]))

    def close(self):
        """Ends the browser."""
        self.driver.quit()
