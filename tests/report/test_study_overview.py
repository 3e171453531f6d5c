import json
import re
import shutil
from pathlib import Path

import pytest
from tests.report.cohorts import strip_tags
from tests.report.overview_studies import DISPOSITION, PATIENTS, TWO_ARMS
from tests.study_folders import make_config

from helpers.report import cohort as cohort_report
from helpers.report import patient_flow as flow_report
from helpers.report import study_overview as report

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "00_study_overview.ipynb"
NBSP = "\N{NO-BREAK SPACE}"


def test_visits_with_short_names_do_not_break():
    visits = [{"month": 0, "label": "Start of anakinra"}, {"month": 3, "label": "12 weeks"}]
    config = make_config(visits=visits)
    assert report.label_visits(config) == {0.0: "Start of anakinra", 3.0: f"12{NBSP}weeks"}
    assert report.label_visits(config, after_baseline=True) == {3.0: f"12{NBSP}weeks"}


def test_the_design_lists_only_what_is_known_and_begins_with_capitals():
    table = report.tabulate_design(make_config(treatment="drug x"), has_core_set=False)
    facts = dict(zip(table["fact"], table["about this study"], strict=True))
    assert facts["Treatment"] == "Drug x"
    assert "Core set measures" not in facts
    assert "Licence of the data" not in facts


def test_the_design_does_not_repeat_the_head_of_the_page():
    config = make_config(citation="Zong 2014", question="Does x help?", provenance="From it.")
    table = report.tabulate_design(config, has_core_set=False)
    shown = " ".join(table["about this study"])
    assert not any(words in shown for words in ("Zong 2014", "Does x help?", "From it."))


def test_two_arms_are_named_and_escaped_in_every_sentence(start):
    chapter, _, _ = start({"patients": PATIENTS, "disposition": DISPOSITION}, arms=TWO_ARMS)
    assert strip_tags(cohort_report.describe_entered(chapter)) == (
        "3 patients entered the study: 2 in the arm “Treated” and 1 in the arm "
        "“Control &lt;none&gt;”."
    )
    assert strip_tags(flow_report.describe_retention(chapter)) == (
        "1 of 2 (Treated) and 1 of 1 (Control &lt;none&gt;) patients were in the study at the last "
        "planned visit (3 months)."
    )


def test_a_single_patient_is_named_and_never_plural(start):
    one = "patient_id,arm\nP1,treated\n"
    chapter, seen, missing = start({"patients": one})
    sentences = [
        *report.summarise_overview(chapter, missing),
        flow_report.describe_retention(chapter),
        *report.conclude_overview(chapter, seen),
        *report.describe_overview_limits(chapter),
    ]
    left = flow_report.list_who_left(seen, None, months=[0.0])
    assert flow_report.describe_flow(seen, left, make_config()) == ""
    text = strip_tags(" ".join(sentences))
    assert "1 patient is described: P1." in text
    assert "No table by visit says whether the patient was seen at 3 months." in text
    for nonsense in ("1 patients", "100 percentage points", "of 1 "):
        assert nonsense not in text


@pytest.mark.parametrize(
    ("last_months", "words"),
    [
        (("3,true,", "3,true,"), "Every patient was in the study"),
        (("1,false,moved", "3,true,"), "1 of 2 patients had left by the last visit"),
        (("1,false,moved", "1,false,moved"), "No patient was in the study at the last visit"),
    ],
)
def test_the_conclusion_follows_who_stayed(start, last_months, words):
    rows = "\n".join(f"P{i},{row}" for i, row in enumerate(last_months, start=1))
    table = f"patient_id,last_month,completed,stop_reason\n{rows}\n"
    chapter, seen, _ = start({"disposition": table})
    assert words in report.conclude_overview(chapter, seen)[0]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("A first sentence. A second one.", "A first sentence."),
        ("Anakinra vs. Placebo in 15 patients", "Anakinra vs. Placebo in 15 patients"),
        ("Given at 5.5 mg. Then more.", "Given at 5.5 mg. Then more."),
        ("Assessed (twice). Then again.", "Assessed (twice)."),
    ],
)
def test_a_summary_takes_the_first_sentence_of_the_design(text, first):
    assert report.take_first_sentence(text) == first


class _Place:
    """Stands for the display handle of the summary."""

    def __init__(self, shown):
        self.shown = shown

    def display(self, *bundle, **options):
        pass

    def update(self, bundle, **options):
        self.shown.append(("summary", bundle["text/html"]))


@pytest.fixture
def run_notebook(monkeypatch):
    """Run the cells in order and give what they show: (kind, html)."""
    cells = [
        "".join(cell["source"])
        for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", [])
    ]

    def run(study):
        shown = []
        monkeypatch.setattr(
            "helpers.report.chapter._display",
            lambda data, metadata: shown.append(
                (metadata["report"]["kind"], data.get("text/html", ""))
            ),
        )
        monkeypatch.setattr("helpers.report.chapter.DisplayHandle", lambda name: _Place(shown))
        names = {"study": str(study)}
        for cell in cells:
            exec(compile(cell, str(NOTEBOOK), "exec"), names)
        return shown

    return run


@pytest.fixture
def copy_study(tmp_path):
    """Copy a study of the repository without some tables."""

    def copy(name, *, without=(), only=None):
        folder = shutil.copytree(ROOT / "data" / name, tmp_path / name)
        for path in (folder / "tables").iterdir():
            if path.stem in without or (only is not None and path.stem not in only):
                path.unlink()
        return folder

    return copy


def list_figures(shown):
    return re.findall(r'id="figure-(\w+)"', " ".join(html for _, html in shown))


def list_sentences(shown):
    [summary] = [html for kind, html in shown if kind == "summary"]
    return [strip_tags(item) for item in re.findall(r"<li>(.*?)</li>", summary)]


def test_the_anakinra_study_has_every_figure_and_five_sentences(run_notebook):
    shown = run_notebook("anakinra_iim")
    assert list_figures(shown) == ["patient_flow", "time_on_treatment", "availability"]
    sentences = list_sentences(shown)
    assert len(sentences) == 5
    # counted by hand in disposition.csv and adverse_events.csv: 9 x 12 + 1 + 4 + 8 + 2 + 7 + 5 =
    # 135 months; limits of 18 events from a table of exact Poisson limits (10.668 and 28.448)
    assert sentences[2] == (
        "6 of 15 patients stopped early: 2 for local skin reactions, 3 for other adverse events "
        "and 1 for other reasons; time on treatment adds up to 11.2 patient-years (median 12 "
        "months, 1 to 12)."
    )
    assert sentences[3] == (
        "15 of 15 patients had an adverse event (18 events, 160.0 per 100 patient-years, 95 % CI "
        "94.8 to 252.9): 0 had a serious one, 0 one of grade 3 or higher, and 0 died."
    )


def test_two_arms_without_disposition_say_so_in_one_sentence(run_notebook):
    shown = run_notebook("endurance_training_iim")
    assert list_figures(shown) == ["patient_flow", "availability"]
    text = strip_tags(" ".join(html for kind, html in shown if kind == "text"))
    assert text.count("no table adverse_events") == 1
    assert "Responders" in " ".join(html for kind, html in shown if kind == "table")


def test_a_single_case_without_visits_is_never_plural(run_notebook):
    shown = run_notebook("anti_mda5_case")
    assert list_figures(shown) == []
    text = strip_tags(" ".join(html for _, html in shown))
    for nonsense in ("1 patients", "100 percentage points", "of 1 ", "nan", "None"):
        assert nonsense not in text
    assert list_sentences(shown)[1] == "1 patient is described: C01."
    assert "No figure" not in text
    assert text.count("Not recorded in this study: when and why treatment stopped (no table ") == 1
    assert text.count("no table adverse_events") == 1


@pytest.mark.parametrize("name", ["anakinra_iim", "endurance_training_iim", "anti_mda5_case"])
def test_a_study_with_its_patients_alone_has_no_figures(run_notebook, copy_study, name):
    shown = run_notebook(copy_study(name, only=["patients"]))
    assert list_figures(shown) == []
    assert len(list_sentences(shown)) <= 5


@pytest.mark.parametrize(
    "table",
    ["disposition", "core_set", "adverse_events", "medications", "biopsies", "functional_index"],
)
def test_any_one_table_may_be_absent(run_notebook, copy_study, table):
    shown = run_notebook(copy_study("anakinra_iim", without=[table]))
    assert len(list_sentences(shown)) == 5
    assert ("time_on_treatment" in list_figures(shown)) == (table != "disposition")


def test_the_notebook_reads_the_tables_that_it_declares():
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    declared = notebook["metadata"]["chapter"]
    [source] = ["".join(c["source"]) for c in notebook["cells"] if c["id"] == "tables"]
    lists = re.findall(r"^\w+ = (\[[^\]]*\])$", source, flags=re.M)
    read = {name for found in lists for name in json.loads(found)}
    assert declared["needs"] == ["patients"]
    assert set(declared["uses"]) == read
