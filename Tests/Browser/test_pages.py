"""The pages in a real browser: they work, they ask for nothing, and everybody can use them.

`PAGES` is the folder with report.html and gate.html; `MADE_UP`, unless empty, one with hostile.html
and large.html, which the Swift tests write.
"""

import json
import os
import pathlib
import unittest

import axe_core_python

from browser import Browser

PAGES = pathlib.Path(os.environ.get("PAGES", "reports/seed-incident"))
MADE_UP = os.environ.get("MADE_UP", "")
AXE = (pathlib.Path(axe_core_python.__file__).parent / "axe.min.js").read_text("utf-8")
VIEWS = [(theme, width) for theme in ("light", "dark") for width in (1280, 390)]

READY = "return !document.getElementById('table').hidden && document.querySelector('#rows tr')"
OPEN = "return document.querySelector('dialog[open] h2') && document.querySelector('dialog h2').textContent"
COUNT = "return document.getElementById('count').textContent"


class PageCase(unittest.TestCase):
    """A page that must neither complain nor ask for anything."""

    page = None

    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()

    def setUp(self):
        self.browser.emulate(1280, 900, "light")
        self.browser.open(self.page)

    def tearDown(self):
        own = pathlib.Path(self.page).resolve().as_uri()
        self.assertEqual(self.browser.complaints(), [], "the console")
        asked = {address.split("#")[0] for address in self.browser.requests()}
        self.assertLessEqual(asked, {own, "about:blank"}, "what was asked for")
        self.assertIn(own, asked, "the page itself was not seen to be asked for")

    def run_(self, script, *arguments):
        return self.browser.run(script, *arguments)

    def wait(self, script, *arguments):
        return self.browser.wait(script, *arguments)

    def assert_accessible(self, what):
        """Nothing that axe-core finds fault with."""
        self.run_(AXE)
        result = self.browser.driver.execute_async_script(
            "const done = arguments[0];"
            "axe.run(document, {resultTypes: ['violations']}).then((found) => done(found.violations),"
            " (problem) => done([{id: String(problem), nodes: []}]))")
        faults = [(fault["id"], [node["html"][:160] for node in fault["nodes"][:3]]) for fault in result]
        self.assertEqual(faults, [], what)

    def assert_fits(self, width):
        """The page is not wider than the screen."""
        self.assertLessEqual(self.run_("return document.documentElement.scrollWidth"), width)

    def assert_headings(self):
        """One headline, and no level of headings is jumped over."""
        levels = self.run_("return [...document.querySelectorAll('h1,h2,h3,h4')]"
                           ".filter((head) => head.checkVisibility()).map((head) => Number(head.tagName[1]))")
        self.assertEqual(levels.count(1), 1)
        for before, after in zip(levels, levels[1:]):
            self.assertLessEqual(after, before + 1, levels)


class ReportPage(PageCase):
    """`report.html`."""

    page = PAGES / "report.html"

    def setUp(self):
        super().setUp()
        self.wait(READY)

    def choose(self, name, value):
        """Chooses in a filter, as a click does."""
        self.run_("const field = document.getElementById('filters').elements[arguments[0]];"
                  "field.value = arguments[1]; field.dispatchEvent(new Event('input', {bubbles: true}))",
                  name, value)

    def number(self):
        """How many divergences fit."""
        return int(self.run_(COUNT).split(" of ")[1].split(" ")[0].replace(",", ""))

    def column(self, name):
        return self.run_("return [...document.querySelectorAll('#rows ' + arguments[0])]"
                         ".map((cell) => cell.firstChild.textContent)", name)

    def test_opens_in_every_view(self):
        for theme, width in VIEWS:
            with self.subTest(theme=theme, width=width):
                self.browser.emulate(width, 900, theme)
                self.browser.open(self.page)
                self.wait(READY)
                self.assert_fits(width)
                self.assert_headings()
                ground = self.run_("return getComputedStyle(document.body).backgroundColor")
                light = sum(int(part) for part in ground[4:-1].split(",")) > 3 * 128
                self.assertEqual(light, theme == "light", ground)
                self.assert_accessible("the page")
                self.run_("document.querySelector('a.cause').click()")
                self.wait(OPEN)
                self.assert_fits(width)
                self.assert_accessible("the page with a divergence open")

    def test_verdicts_stand_above_everything(self):
        cards = self.run_("return [...document.querySelectorAll('#verdicts .card .verdict')].map((v) => v.textContent)")
        self.assertEqual(len(cards), 4)
        strip = self.run_("return [...document.querySelectorAll('.strip a')].map((link) =>"
                          " [link.textContent.split(': ')[1], link.getBoundingClientRect().bottom])")
        self.assertEqual([verdict for verdict, _ in strip], [card.split(" ", 1)[1] for card in cards])
        self.assertLess(max(bottom for _, bottom in strip), 400, "seen without scrolling")
        for card in cards:
            self.assertRegex(card, "GO|NO-GO|INSUFFICIENT|NOT ASKED")

    def test_filters(self):
        everything = self.number()
        self.choose("class", "race")
        races = self.number()
        self.assertTrue(0 < races < everything)
        told = self.run_("return document.querySelector(\"#classes a[href='#?class=race']\")"
                         ".closest('tr').querySelector('td').textContent")
        self.assertEqual(races, int(told.replace(",", "")), "as many as the summary says")
        self.choose("extent", "transient")
        self.assertRegex(self.run_(COUNT), "No divergence fits|of")
        self.choose("extent", "")
        self.choose("currency", "usd")
        usd = self.number()
        self.assertTrue(0 < usd < races)
        self.choose("least", "20000")
        self.assertTrue(0 < self.number() < usd)
        for text in self.column("td.money"):
            self.assertRegex(text, r"^[\d,]+ [a-z]{3}$")
        self.run_("document.querySelector('#filters [type=reset]').click()")
        self.wait("return location.hash === '#?'")
        self.assertEqual(self.number(), everything)

    def test_a_figure_of_a_matrix_leads_to_its_divergences(self):
        count = self.run_("const link = [...document.querySelectorAll('.matrix a')].pop(); link.click();"
                          "return Number(link.textContent.replaceAll(',', ''))")
        self.wait("return document.activeElement.id === 'divergences'")
        self.assertEqual(self.number(), count)

    def test_search(self):
        account = self.column("td.account")[7]
        self.run_("document.getElementById('q').focus()")
        self.browser.type(account)
        self.wait("return location.hash.includes('q=')")
        self.assertIn(account, self.column("td.account"))
        self.assertLess(self.number(), 50)
        self.browser.type(" zzz-no-such-word")
        self.wait("return document.querySelectorAll('#rows tr').length === 0")
        self.assertIn("No divergence fits", self.run_(COUNT))

    def test_sorts(self):
        head = "document.querySelector('[data-sort=opened] button')"
        self.run_(f"{head}.click()")
        opened = self.column("td.opened")
        self.assertEqual(opened, sorted(opened))
        self.assertEqual(self.run_(f"return {head}.parentNode.getAttribute('aria-sort')"), "ascending")
        self.run_(f"{head}.click()")
        newest = self.column("td.opened")
        self.assertEqual(newest, sorted(newest, reverse=True))
        self.assertGreater(newest[0], opened[0])
        self.choose("currency", "usd")
        self.choose("sort", "-amount")
        sums = [int(text.split(" ")[0].replace(",", "")) for text in self.column("td.money")
                if text.endswith("usd")]
        self.assertEqual(sums, sorted(sums, reverse=True))

    def test_pages(self):
        first = self.run_("return document.querySelector('a.cause').hash")
        extents = self.column("td.extent")
        self.assertEqual(extents, sorted(extents), "lasting ones weigh more than transient ones")
        self.run_("document.getElementById('next').click()")
        self.assertIn("page=2", self.run_("return location.hash"))
        second = self.run_("return document.querySelector('a.cause').hash")
        self.assertNotEqual(first, second)
        self.run_("document.getElementById('first').click(); document.getElementById('last').click()")
        self.assertTrue(self.run_("return document.getElementById('next').disabled"))
        total = self.number()
        self.assertIn(f"to {total:,} of", self.run_(COUNT))
        self.run_("document.getElementById('first').click()")
        self.wait("return document.querySelector('a.cause').hash === arguments[0]", first)
        self.run_("history.back()")
        self.wait("return location.hash.includes('page=')")
        self.run_("history.go(-2)")
        self.wait("return location.hash.includes('page=2')")
        self.wait("return document.querySelector('a.cause').hash === arguments[0]", second)

    def test_a_link_to_a_divergence_opens_it_anew(self):
        self.choose("class", "race")
        link = self.run_("const link = document.querySelectorAll('a.cause')[3]; link.click(); return link.hash")
        self.wait(OPEN)
        story = self.run_("return document.querySelector('dialog .tell').textContent")
        self.assertIn("class=race", link)
        lanes, width = self.run_("const lanes = document.querySelector('dialog svg.sl');"
                                 "const box = lanes.getBoundingClientRect();"
                                 "return [lanes.querySelectorAll('path, rect, circle').length, box.width]")
        self.assertGreater(lanes, 20, "its swimlane is drawn")
        self.assertGreater(width, 300, "and can be seen")
        for fragment in (link, link.split("?")[0]):
            self.browser.open(self.page, fragment)
            self.wait(OPEN)
            self.assertEqual(self.run_("return document.querySelector('dialog .tell').textContent"), story)
        self.browser.open(self.page, "#dv_0000000000000000")
        self.assertEqual(self.wait(OPEN), "Not in this report")

    def test_with_the_keyboard_alone(self):
        press = self.browser.press
        press("/", code="Slash", text="/")
        self.assertEqual(self.run_("return document.activeElement.id"), "q")
        self.browser.type("invoice")
        for _ in range(40):
            press("Tab")
            if self.run_("return document.activeElement.className") == "cause":
                break
        start = self.run_("return document.activeElement.hash")
        press("ArrowDown")
        below = self.run_("return document.activeElement.hash")
        self.assertNotEqual(start, below)
        outline = self.run_("return getComputedStyle(document.activeElement).outlineStyle")
        self.assertNotEqual(outline, "none", "the focus can be seen")
        press("Enter")
        self.wait(OPEN)
        press("ArrowRight")
        self.wait("return !location.hash.startsWith(arguments[0].split('?')[0])", below)
        self.wait(OPEN)
        press("ArrowLeft")
        self.wait("return location.hash.startsWith(arguments[0].split('?')[0])", below)
        press("Escape")
        self.wait("return !document.querySelector('dialog[open]')")
        self.wait("return document.activeElement.className === 'cause'")
        self.assertEqual(self.run_("return document.activeElement.hash.split('?')[0]"), below.split("?")[0])

    def test_on_paper(self):
        self.browser.emulate(1000, 900, "light", "print")
        self.run_("dispatchEvent(new Event('beforeprint'))")
        shown = self.run_("return Object.fromEntries(['header.top h1', '#verdicts', '#classes', '#matrices',"
                          " '#evidence', '#rows tr', '#filters', '#pager', 'nav']"
                          ".map((what) => [what, document.querySelector(what).checkVisibility()]))")
        hidden = {what for what, is_shown in shown.items() if not is_shown}
        self.assertEqual(hidden, {"#filters", "#pager", "nav"})
        self.assertEqual(self.run_("return document.querySelectorAll('main details:not([open])').length"), 0)

    def test_without_scripts(self):
        self.browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        try:
            self.browser.open(self.page)
            texts = self.browser.driver.execute_cdp_cmd("Runtime.evaluate", {
                "expression": "document.body.innerText", "returnByValue": True})["result"]["value"]
        finally:
            self.browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
        for words in ("May a phase cut over?", "What differs, by cause", "By account type", "Completeness",
                      "needs a browser with JavaScript"):
            self.assertIn(words, texts)


class GatePage(PageCase):
    """`gate.html`."""

    page = PAGES / "gate.html"

    def test_opens_in_every_view(self):
        for theme, width in VIEWS:
            with self.subTest(theme=theme, width=width):
                self.browser.emulate(width, 900, theme)
                self.browser.open(self.page)
                self.assert_fits(width)
                self.assert_headings()
                self.assert_accessible("the page")

    def test_shows_every_criterion_against_its_limit(self):
        asked = len(json.loads((PAGES / "gate.json").read_text("utf-8"))["criteria"])
        self.assertGreaterEqual(asked, 14)
        self.assertEqual(self.run_("return document.querySelectorAll('.criteria tbody tr').length"), asked)
        bars = self.run_("return [...document.querySelectorAll('.limit-bar')].map((bar) =>"
                         " [Number(bar.children[1].getAttribute('width')), bar.getAttribute('aria-label')])")
        self.assertGreater(len(bars), 5)
        for length, label in bars:
            self.assertTrue(0 <= length <= 150)
            self.assertRegex(label, "must (reach|stay within)")


@unittest.skipUnless(MADE_UP, "MADE_UP is not given")
class HostilePage(PageCase):
    """A report whose every name tries to be more than a name."""

    page = pathlib.Path(MADE_UP or ".") / "hostile.html"

    def test_names_stay_names(self):
        self.wait(READY)
        tags = "script,iframe,img,object,embed,base,form"
        self.assertEqual(self.run_(f"return [...document.querySelectorAll('{tags}')]"
                                   ".filter((tag) => !tag.id && tag.innerText !== undefined).length"), 1)
        for link in self.run_("return [...document.querySelectorAll('a.cause')].map((a) => a.hash)")[:12]:
            self.browser.open(self.page, link)
            self.wait(OPEN)
            self.assertNotEqual(self.wait(OPEN), "Not in this report")
            self.assertEqual(self.run_("return document.querySelectorAll('dialog script, dialog img').length"), 0)
        self.assertIsNone(self.run_("return window.hostile ?? null"))
        self.assert_fits(1280)


@unittest.skipUnless(MADE_UP, "MADE_UP is not given")
class LargePage(PageCase):
    """Fifty thousand divergences."""

    page = pathlib.Path(MADE_UP or ".") / "large.html"

    def test_searches_sorts_and_pages(self):
        self.wait(READY)
        took = self.run_("""
            const took = {};
            const time = (name, act) => {
              const start = performance.now(); act(); document.body.offsetHeight;
              took[name] = Math.round(performance.now() - start);
            };
            const form = document.getElementById("filters");
            const set = (name, value) => {
              form.elements[name].value = value;
              form.elements[name].dispatchEvent(new Event("input", {bubbles: true}));
            };
            time("first search", () => set("q", "invoice"));
            time("search", () => set("q", "invoice paid"));
            time("sort by account", () => set("sort", "account"));
            time("sort by amount", () => set("sort", "-amount"));
            time("next page", () => document.getElementById("next").click());
            time("filter", () => set("class", "race"));
            return took;""")
        print(f"\n50,000 divergences, milliseconds: {took}")
        self.assertRegex(self.run_(COUNT), r"of [\d,]+ divergences that fit, of 50,000 in all")
        self.browser.open(self.page)
        self.wait(READY)
        self.assertIn("of 50,000 divergences", self.run_(COUNT))
        self.run_("document.getElementById('last').click(); document.querySelector('a.cause').click()")
        self.wait(OPEN)
        self.assertIn("dunning-parity explain dv_", self.run_("return document.querySelector('dialog').textContent"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
