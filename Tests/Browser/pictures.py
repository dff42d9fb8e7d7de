"""Pictures of the pages, for people to look at: python pictures.py FOLDER."""

import pathlib
import sys

from browser import Browser

READY = "return !document.getElementById('table').hidden && document.querySelector('#rows tr')"
OPEN = "return document.querySelector('dialog[open] h2') !== null"

# Name, page, theme, width, height, what is clicked, where the page is scrolled to.
VIEWS = [
    ("report-light", "report.html", "light", 1280, 1000, None, None),
    ("report-dark", "report.html", "dark", 1280, 1000, None, None),
    ("report-classes", "report.html", "light", 1280, 1000, None, "#classes"),
    ("report-table", "report.html", "dark", 1280, 1000, None, "#divergences"),
    ("report-divergence", "report.html", "light", 1280, 1000, "[href='#?class=race']", None),
    ("report-phone", "report.html", "light", 390, 844, None, None),
    ("report-phone-table", "report.html", "dark", 390, 844, None, "#divergences"),
    ("gate-light", "gate.html", "light", 1280, 1000, None, None),
    ("gate-dark", "gate.html", "dark", 1280, 1000, None, "#clean"),
]


def main(folder):
    browser = Browser()
    try:
        for name, page, theme, width, height, click, scroll in VIEWS:
            browser.emulate(width, height, theme)
            browser.open(folder / page)
            if page == "report.html":
                browser.wait(READY)
            if click:
                browser.run("document.querySelector(arguments[0]).click()", click)
                browser.run("document.querySelector('a.cause').click()")
                browser.wait(OPEN)
            if scroll:
                browser.run("document.querySelector(arguments[0]).scrollIntoView()", scroll)
            browser.picture(folder / f"{name}.png")
    finally:
        browser.close()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
