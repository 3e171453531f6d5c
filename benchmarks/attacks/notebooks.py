"""Notebooks that misbehave; each takes the place of a chapter in a project with a whole report."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

import nbformat

from attacks.attack import Attack, Failure
from attacks.projects import is_whole, make_chapter, read_tree, write_chapter
from attacks.shelter import Shelter, share

CHAPTER = "02_second"
DONE, FAILED = 0, 1
MOST = 8_000_000
"""Bytes of a page, whatever a notebook puts out; a report with all chapters has about four million."""
SIGN = "attacked"
"""Stands in everything of a notebook that a page must not run or fetch."""
HTML = "from IPython.display import *\n"
SLOW = "import time\ntime.sleep(600)"
NOTEBOOKS = {
    "sys.exit(0)": "import sys\nsys.exit(0)",
    "raise SystemExit(3)": "raise SystemExit(3)",
    "os._exit(0)": "import os\nos._exit(0)",
    "kills itself": "import os\nos.kill(os.getpid(), 9)",
    "kills its group": "import os\nos.killpg(os.getpgrp(), 9)",
    "kills its parent": "import os\nos.kill(os.getppid(), 15)",
    "stops itself": "import os\nos.kill(os.getpid(), 2)",
    "20 MB of errors": "import sys\nfor _ in range(200):\n    sys.stderr.write('e' * 99_999 + '\\n')",
    "a million lines": "for n in range(1_000_000):\n    print(n)",
    "forks a daemon": f"import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(600)\n    os._exit(0)",
    "a daemon that keeps our output": "import subprocess\nsubprocess.Popen(['sleep', '600'], start_new_session=True)",
    "a daemon without our environment": "import subprocess\nsubprocess.Popen(['sleep', '600'], start_new_session=True, env={'PATH': '/usr/bin:/bin'}, stdin=-3, stdout=-3, stderr=-3)",
    "a thread that never ends": f"import threading, time\nthreading.Thread(target=time.sleep, args=[600]).start()",
    "an end that hangs": f"import atexit, time\natexit.register(time.sleep, 600)",
    "ignores every signal": "import signal\nfor one in (1, 2, 15, 17):\n    signal.signal(one, signal.SIG_IGN)",
    "closes its outputs": "import os\nos.close(1)\nos.close(2)\nprint('x')",
    "closes everything": "import os\nos.closerange(3, 200)",
    "goes elsewhere": "import os\nos.chdir('/')",
    "its folder is gone": "import os, tempfile\nplace = tempfile.mkdtemp()\nos.chdir(place)\nos.rmdir(place)",
    "damages its environment": "import os\nos.environ.clear()",
    "damages builtins": "import builtins\nbuiltins.print = builtins.len = builtins.open = None",
    "damages its display": "import sys\nsys.stdout = sys.stderr = None\nget_ipython().display_pub = None",
    "deep recursion": "def f():\n    return f()\nf()",
    "takes all memory": "import resource\nresource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))\nx = bytearray(9 << 30)",
    "asks": "input('name?')",
    "sleeps without blocking": "import asyncio\nawait asyncio.sleep(0.1)\nasyncio.ensure_future(asyncio.sleep(600))",
    "scripts": f"{HTML}display(HTML('<script>{SIGN}()</script><img src=x onerror={SIGN}()>'), Javascript('{SIGN}()'))",
    "frames": f"{HTML}display(IFrame('https://{SIGN}.example', 9, 9), HTML('<object data={SIGN}></object><embed src={SIGN}>'))",
    "fetches": f"{HTML}display(Image(url='https://{SIGN}.example/a.png'), HTML('<link rel=stylesheet href=//{SIGN}><style>@import \"//{SIGN}\";</style>'))",
    "markup that leaves its place": f"{HTML}display(HTML('</div></article></main></body><svg onload={SIGN}()><base href=//{SIGN}><form action=//{SIGN}><meta http-equiv=refresh content=\"0;//{SIGN}\">'))",
    "a drawing with a script": f"{HTML}display(SVG(data='<svg xmlns=\"http://www.w3.org/2000/svg\"><script>{SIGN}()</script><a href=\"javascript:{SIGN}()\"><text>x</text></a></svg>'))",
    "huge markup": f"{HTML}display(HTML('<p>x</p>' * 2_000_000))",
    "unknown kinds": f"{HTML}display({{'application/x-odd': '{SIGN}'}}, raw=True)\ndisplay({{'text/html': 3}}, raw=True)",
    "odd labels": f"{HTML}display({{'text/html': '<p>x</p>'}}, raw=True, metadata={{'report': {{'kind': 'figure', 'name': '\"><script>{SIGN}()'}}}})\ndisplay({{'text/html': 'x'}}, raw=True, metadata={{'report': 7}})",
    "maths that cannot be drawn": "import matplotlib.pyplot as plt\nplt.title('cost $5 then $10 $\\\\foo{$')\nplt.show()",
    "maths": f"{HTML}display(Math(r'\\frac12'), Latex('$\\\\foo{{$'))",
    "40 figures": "import matplotlib.pyplot as plt\nfor n in range(40):\n    plt.figure()\n    plt.plot([n])",
    "odd signs": "print('\\x1b[31mred\\x1b]0;title\\x07\\x00\\ufffe\\u202e\\U000e0001 \\x1b[2J')\nraise Warning('\\x1b[31m\\x00')",
    "lone surrogates": "print('\\ud800')",
    "warnings": "import warnings\nfor n in range(3000):\n    warnings.warn(f'careful {n}')",
    "an error swallowed": "get_ipython().run_cell('1 / 0')",
    "magic": "%%bash\nexit 3",
    "magic that is not there": "%no_such_magic",
    "writes into the reports": "from pathlib import Path\nPath('reports/one/index.html').write_text('attacked')",
    "deletes the report": "import shutil\nshutil.rmtree('reports/one')",
    "deletes its study": "import shutil\nshutil.rmtree('data/one')",
    "fills the place of the next report": "from pathlib import Path\nPath('reports/.one.previous').mkdir(exist_ok=True)\nPath('reports/x').write_text('x')",
}
TOUCHES_REPORTS = ("writes into the reports", "deletes the report", "fills the place of the next report")
"""What these do to a report is their own doing; the run must end well all the same."""
SHAPES = {
    "an error that is allowed": lambda book: tag(book, "1 / 0", tags=["raises-exception"]),
    "empty": lambda book: book.cells.clear(),
    "without parameters": lambda book: book.cells.pop(1),
    "odd metadata": lambda book: book.metadata.update(chapter=[1], kernelspec="x", language_info=3),
    "another kernel": lambda book: book.metadata.update(kernelspec={"name": "no_such_kernel", "display_name": "x"}),
    "outputs kept": lambda book: keep_output(book),
    "a raw cell": lambda book: book.cells.append(nbformat.v4.new_raw_cell(f"<script>{SIGN}()</script>")),
    "markup in its text": lambda book: book.cells.append(nbformat.v4.new_markdown_cell(f"<script>{SIGN}()</script>\n\n[x](javascript:{SIGN}) ![y](//{SIGN}/a.png)\n\n$\\alpha$")),
    "records twice": lambda book: book.cells.append(nbformat.v4.new_code_cell(RECORD * 2)),
    "records of odd kinds": lambda book: book.cells.append(nbformat.v4.new_code_cell(RECORD.replace("'value': 2", "'value': [None], 'id': 7"))),
}
RECORD = """\
from IPython.display import display
display({'application/vnd.myositis.ledger+json': {'records': [
    {'id': 'a.n', 'chapter': '02_second', 'value': 2, 'text': '2', 'unit': '', 'n': 2}]}},
    raw=True, metadata={'report': {'kind': 'ledger', 'name': ''}})
"""
NAMES = (*NOTEBOOKS, *SHAPES)


def tag(book, source, **metadata):
    book.cells.insert(2, nbformat.v4.new_code_cell(source, metadata=metadata))


def keep_output(book):
    output = nbformat.v4.new_output("display_data", {"text/html": f"<script>{SIGN}()</script>"})
    tag(book, "1")
    book.cells[2].outputs = [output]


def run(numbers: Iterable[int], folder: Path):
    """Try notebooks, each in its turn."""
    yield from share(numbers, folder, try_case)


def try_case(number: int, shelter: Shelter) -> Failure | None:
    """Render with one such notebook, and look at the report and at what is left."""
    name = NAMES[number % len(NAMES)]
    engine = ("warm", "warm", "fast", "ordinary")[number // len(NAMES) % 4]
    shelter.reset()
    write_chapter(shelter.project, CHAPTER, make_book(name))
    before = take_picture(shelter)
    done = shelter.run("render", "one", "--engine", engine)
    kind = done.fault or find_fault(done, name, before, shelter)
    case = (NOTEBOOKS.get(name) or name).replace("\n", "; ")[:200]
    return Failure(number, f"{name}: {kind}", f"{case} ({engine})", done.text[-300:]) if kind else None


def make_book(name):
    book = make_chapter(CHAPTER, *([NOTEBOOKS[name]] if name in NOTEBOOKS else []))
    if name in SHAPES:
        SHAPES[name](book)
    return book


def take_picture(shelter):
    return {
        "report": read_tree(shelter.project / "reports" / "one"),
        "the rest": read_tree(shelter.project, without=("reports", ".cache")),
    }


def find_fault(done, name, before, shelter):
    report = shelter.project / "reports" / "one"
    after = take_picture(shelter)
    if done.code == DONE:
        if not is_whole(report):
            return "exit code 0 without a whole report"
        if after["report"] == before["report"]:
            return "exit code 0, but the old report"
        return find_unwanted(report) or find_lost_cells(report, name)
    if done.code != FAILED and done.code != 2:
        return f"exit code {done.code}"
    if after["report"] != before["report"] and name not in TOUCHES_REPORTS:
        return "it failed, but the old report was touched"
    if CHAPTER not in done.text or (name in NOTEBOOKS and "cell" not in done.text):
        return "the cause is named without notebook and cell"
    return ""


def find_lost_cells(report, name):
    """Find cells that never ran, or that ended in an error, in what was published as whole."""
    book = nbformat.read(report / "notebooks" / f"{CHAPTER}.ipynb", as_version=4)
    code = [cell for cell in book.cells if cell.cell_type == "code" and cell.source.strip()]
    if any(cell.execution_count is None for cell in code):
        return "published although a cell never ran"
    if any(out.output_type == "error" for cell in code for out in cell.outputs):
        return "published although a cell ended in an error"
    return ""


def find_unwanted(report):
    """Find what a page must not have of a notebook: scripts, fetches, bulk, control characters."""
    for page in sorted(report.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        if len(text) > MOST:
            return f"a page of {len(text) / 1e6:.0f} MB"
        if found := re.search(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]", text):
            return f"a page with {found[0]!r}"
        reader = Reader()
        reader.feed(text)
        if reader.found:
            return f"a page with {reader.found[0]}"
    return ""


class Reader(HTMLParser):
    """Collects elements and attributes that would run or fetch what a notebook has put out."""

    FORBIDDEN = ("iframe", "object", "embed", "base", "form", "meta", "link", "script", "style")

    def __init__(self):
        super().__init__()
        self.found, self.inside = [], ""

    def handle_starttag(self, tag, attributes):
        self.inside = tag
        for name, value in attributes:
            runs = name.startswith("on") or (value or "").strip().lower().startswith("javascript:")
            fetches = name in ("src", "srcset", "data", "action") or tag in self.FORBIDDEN
            if SIGN in (value or "") and (runs or fetches):
                self.found.append(f"<{tag} {name}={value[:40]}>")

    def handle_data(self, data):
        if SIGN in data and self.inside in ("script", "style"):
            self.found.append(f"<{self.inside}> {data[:40]}")

    def handle_endtag(self, tag):
        self.inside = ""


ATTACK = Attack(
    "notebooks",
    "a whole report or exit code 1, the old report and the cell; no process, no script of theirs",
    len(NAMES),
    run,
)
