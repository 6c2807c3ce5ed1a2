# SPDX-License-Identifier: Apache-2.0
"""The page of a report: its numbers against the JSON, and a browser's judgement of it. README.md tells what the browser needs."""

import csv
import gzip
import html.parser
import importlib.util
import json
import random
import re
import xml.etree.ElementTree
from pathlib import Path

import browser as chromium
import pytest

SCRIPT = "<script>document.title = 'run'</script>"


class Page(html.parser.HTMLParser):
    """The cells of each table row by the row's id, and all elements' names."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.elements, self.row, self.depth = {}, [], None, 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append(tag)
        if tag == "tr":
            self.row = self.rows.setdefault(dict(attributes).get("id"), [])
        elif tag in ("td", "th") and self.row is not None:
            self.row.append("")
        elif tag == "span" and self.row:
            self.row[-1] += "|"

    def handle_endtag(self, tag):
        if tag == "tr":
            self.row = None

    def handle_data(self, data):
        if self.row:
            self.row[-1] += data


def write_table(path, rows, classes, nasty=False):
    """A plain file whose first column tells the class but for one row in eight; classes 0: a value."""
    chance = random.Random(rows + classes)
    names = [SCRIPT if nasty else "first", "second" * (20 if nasty else 1), "third", "target"]
    labels = [SCRIPT, "A" * 60, "b&\"'<!--", "d"] if nasty else ["no", "yes", "perhaps", "later"]
    with open(path, "w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(names)
        for row in range(rows):
            label = row % max(classes, 1)
            shown = chance.randrange(classes) if classes and chance.random() < 0.125 else label
            cells = [round(shown + chance.uniform(-0.4, 0.4), 2), round(chance.random(), 2), 7]
            table.writerow([*cells, labels[label] if classes else 3 * cells[0] + 1000 * cells[1]])
    return path


@pytest.fixture(scope="module")
def pages(run, tmp_path_factory):
    """Reports of two classes, four with hostile names, and a regression: path of the page and the JSON."""
    folder = tmp_path_factory.mktemp("pages")
    cases = {"two": (2, False, ["--networks", "2"]), "nasty": (4, True, []), "values": (0, False, ["--iterations", "1"])}
    made = {}
    for name, (classes, nasty, options) in cases.items():
        data = write_table(folder / f"{name}.csv", 240, classes, nasty)
        page = folder / f"{name}.html"
        text = run("evaluate", data, "--format", "plain", "--iterations", "3", "--networks", "0", *options, "--as", "json", "-q",
                   "--report", page)
        made[name] = (page, json.loads(text))
    return made


def shown(number):
    if number is None:
        return "–"
    return f"{number:.4f}".replace("-0.0000", "0.0000") if abs(number) < 100 else f"{number:.6g}"


@pytest.mark.parametrize("name", ["two", "nasty", "values"])
def test_numbers_on_the_page_are_those_of_the_json(pages, name):
    path, report = pages[name]
    rows = Page(path.read_text(encoding="utf-8")).rows
    compared = 0
    for metric, numbers in report["metrics"].items():
        if metric == "score" or numbers["value"] is None:
            continue
        _, value, interval, baseline = rows[f"metric-{metric}"]
        assert value.split("|")[0] == shown(numbers["value"])
        if len(report["iterations"]) > 1:
            assert value.split("|")[1] == "± " + shown(numbers["deviation"])
        assert interval == " to ".join(map(shown, numbers["interval"] or [])) or (interval, numbers["interval"]) == ("–", None)
        assert baseline == shown(numbers["baseline"])
        low, high = numbers["interval"]
        assert low <= numbers["value"] <= high
        compared += 1
    assert compared >= {"two": 12, "nasty": 12, "values": 3}[name]
    headline = re.search(r"<h1>(.*?)</h1>", path.read_text(encoding="utf-8"))[1]
    assert html.unescape(headline) == report["verdict"]["sentences"][0]


@pytest.mark.parametrize("name", ["two", "nasty"])
def test_the_flags_on_the_page_are_those_of_the_json(pages, name):
    path, report = pages[name]
    text = html.unescape(path.read_text(encoding="utf-8"))
    levels = [*report["flagging"]["levels"], report["flagging"]["decision"]]
    names = [*(f"the most likely {share} %" for share in (1, 2, 5, 10, 20, 30)), "the model's answers"]
    for name, level in zip(names, levels, strict=True):
        cells = re.search(rf'<th scope="row">{re.escape(name)}</th>((?:<td>[^<]*</td>)+)', text)[1]
        shares = [f"{100 * level[field]:.1f} %" if level[field] is not None else "–" for field in ("recall", "precision")]
        assert re.findall(r"<td>([^<]*)</td>", cells)[1:3] == shares


@pytest.mark.parametrize("name", ["two", "nasty", "values"])
def test_a_page_is_small_and_its_images_are_well_formed(pages, name):
    path, report = pages[name]
    text = path.read_text(encoding="utf-8")
    assert path.stat().st_size < 300_000
    assert not {"script", "link", "img", "iframe", "object"} & set(Page(text).elements)
    images = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    effects = report["importance"]["effects"]["columns"]
    assert effects
    assert len(images) == {"two": 6, "nasty": 6, "values": 2}[name] + len(effects)
    for image in images:
        root = xml.etree.ElementTree.fromstring(image)
        assert root.get("role") == "img"
        assert [child.tag.split("}")[1] for child in root[:2]] == ["title", "desc"]


def test_the_same_evaluation_gives_the_same_page(run, tmp_path):
    data = write_table(tmp_path / "data.csv", 100, 2)
    for threads in (1, 2):
        run("evaluate", data, "--format", "plain", "--networks", "1", "--iterations", "2", "-q", "--threads", threads, "--report",
            tmp_path / f"{threads}.html")
    assert (tmp_path / "1.html").read_bytes() == (tmp_path / "2.html").read_bytes()


def test_markdown_by_the_ending_of_the_name(run, tmp_path):
    data = write_table(tmp_path / "data.csv", 100, 2, nasty=True)
    run("evaluate", data, "--format", "plain", "--networks", "0", "-q", "--report", tmp_path / "page.md")
    text = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert not re.search(r"(?<!\\)<", text)
    run("evaluate", data, "--report", tmp_path / "page.pdf", code=2)


def test_an_evaluation_of_moodle_leaves_its_page_in_the_log(run, examples, tmp_path):
    data = next(examples.glob("*train.csv.gz"))
    (tmp_path / "data.csv").write_bytes(gzip.decompress(data.read_bytes()))
    answer = json.loads(run("-m", "moodlemlbackend.evaluation", "id", tmp_path / "model", tmp_path / "data.csv", "0.7", "0.05", "2",
                            env={"MOODLEML_OPTIONS": "networks=0"}))
    log = Path(answer["dir"])
    assert (log / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    root = xml.etree.ElementTree.parse(log / "roc-curve.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


@pytest.fixture(scope="module")
def browser():
    if chromium.missing():
        pytest.skip(f"the browser's tests need {chromium.missing()}")
    opened = chromium.Browser()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def axe():
    """The script of axe-core, as requirements-browser.txt brings it."""
    package = importlib.util.find_spec("axe_playwright_python")
    if package is None:
        pytest.skip("axe-core is missing: pip install --no-deps -r tests/python/requirements-browser.txt")
    return (Path(package.origin).parent / "axe.min.js").read_text(encoding="utf-8")


LOOKS = [(width, scheme) for width in (400, 1280) for scheme in ("light", "dark")]


@pytest.mark.parametrize("name", ["two", "nasty", "values"])
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing(pages, browser, axe, name, width, scheme):
    browser.show(pages[name][0], width, scheme)
    browser.run(axe + "; window.axe = axe;")
    result = browser.run("return axe.run().then(found => ({violations: found.violations.map(rule => [rule.id, rule.nodes.map("
                         "node => node.html)]), passes: found.passes.map(rule => rule.id)}))")
    assert result["violations"] == []
    # The rules did look at something.
    assert {"color-contrast", "document-title", "html-has-lang", "svg-img-alt", "region"} <= set(result["passes"])


@pytest.mark.parametrize("name", ["two", "nasty", "values"])
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_nothing_is_cut_off(pages, browser, name, width, scheme, tmp_path):
    browser.show(pages[name][0], width, scheme)
    assert browser.run("return innerWidth") == width
    assert browser.run("return document.documentElement.scrollWidth") <= width
    background = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 23, 26)")
    # Labels of charts stay within their image.
    outside = browser.run("return [...document.querySelectorAll('svg text')].filter(text => { const image = "
                          "text.ownerSVGElement.getBoundingClientRect(), box = text.getBoundingClientRect(); return box.left < "
                          "image.left - 1 || box.right > image.right + 1 || box.bottom > image.bottom + 1 })"
                          ".map(text => text.textContent)")
    assert outside == []
    # No word of a cell is broken in two, and no cell reaches beyond its table.
    broken = browser.run("return [...document.querySelectorAll('td, thead th')].filter(cell => cell.scrollWidth > cell.clientWidth + 1 "
                         "|| [...cell.querySelectorAll('*'), cell].flatMap(node => [...node.childNodes]).some(node => {"
                         "if (node.nodeType !== 3) return false; const range = document.createRange();"
                         "return [...node.data.matchAll(/\\S+/g)].some(word => { range.setStart(node, word.index);"
                         "range.setEnd(node, word.index + word[0].length); return range.getClientRects().length > 1 }) }))"
                         ".map(cell => cell.textContent)")
    assert broken == []
    browser.screenshot(tmp_path / "page.png")
    assert (tmp_path / "page.png").stat().st_size > 20_000


def test_a_name_that_is_a_script_does_not_run(pages, browser):
    browser.show(pages["nasty"][0])
    assert browser.run("return document.title").startswith("Evaluation: ")
    assert browser.run("return document.scripts.length") == 0
    assert browser.run("return document.body.textContent.includes(arguments[0])", SCRIPT)
    assert browser.messages() == []


def test_the_policy_forbids_scripts(pages, browser, tmp_path):
    """Were a name not escaped, it still would not run."""
    page = tmp_path / "page.html"
    page.write_text(pages["two"][0].read_text(encoding="utf-8").replace("<h2>", SCRIPT + "<h2>", 1), encoding="utf-8")
    browser.show(page)
    assert browser.run("return document.scripts.length") == 1
    assert browser.run("return document.title") != "run"
    assert any("Content Security Policy" in message for message in browser.messages())


def test_on_paper_the_page_is_dark_on_white(pages, browser):
    browser.show(pages["two"][0], 800, "dark", media="print")
    colours = browser.run("const style = getComputedStyle(document.body); return [style.backgroundColor, style.color]")
    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
