import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from tests.study_folders import CORE_SET, make_config, write_study

from helpers.derive.cohort import (
    count_seen,
    derive_availability,
    derive_visit_responses,
    summarise_availability,
    summarise_cohort,
    summarise_missing,
)
from helpers.report import study_overview as report
from helpers.report.chapter import Chapter
from helpers.study import read_study

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "00_study_overview.ipynb"
NBSP = "\N{NO-BREAK SPACE}"
TWO_ARMS = {"treated": "Treated", "control": "Control <none>"}
PATIENTS = "patient_id,arm\nP1,treated\nP2,treated\nP3,control\n"
DISPOSITION = (
    "patient_id,last_month,completed,stop_reason\nP1,3,true,\nP2,1,false,headache\nP3,3,true,\n"
)


def strip_tags(html):
    return " ".join(re.sub(r"<[^>]+>", "", html).replace(NBSP, " ").split())


@pytest.fixture
def start(tmp_path):
    """Open a chapter on a small study and record its overview."""

    def open_chapter(tables=None, **settings):
        folder = write_study(tmp_path / f"study{len(list(tmp_path.iterdir()))}", tables, **settings)
        chapter = Chapter(read_study(folder), "00_study_overview")
        patients = chapter.study.table("patients")
        tables = chapter.study.tables
        config, disposition = chapter.study.config, tables.get("disposition")
        availability = derive_availability(
            tables, patients=patients["patient_id"], months=config.months, disposition=disposition
        )
        seen = count_seen(
            patients, months=config.months, disposition=disposition, availability=availability
        )
        missing = summarise_missing(tables.get("core_set"), patients=patients["patient_id"])
        report.record_overview(chapter, seen, missing)
        return chapter, seen, missing

    return open_chapter


def test_visits_with_short_names_do_not_break():
    visits = [{"month": 0, "label": "Start of anakinra"}, {"month": 3, "label": "12 weeks"}]
    config = make_config(visits=visits)
    assert report.label_visits(config) == {0.0: "Start of anakinra", 3.0: f"12{NBSP}weeks"}
    assert report.label_visits(config, after_baseline=True) == {3.0: f"12{NBSP}weeks"}


def test_measures_are_named_with_the_scales_that_the_study_declares():
    config = make_config(
        instruments={
            "vas_maximum": 100,
            "mmt8_maximum": 150,
            "extramuscular": {"instrument": "mitax"},
        }
    )
    labels = report.label_measures(config)
    assert labels["patient_global"] == "patient global activity, 0 to 100 mm"
    assert labels["mmt8"] == "muscle strength (MMT-8), 0 to 150"
    assert labels["extramuscular"] == "extramuscular activity, MITAX 0 to 1"


def test_the_design_lists_only_what_is_known_and_begins_with_capitals():
    table = report.tabulate_design(make_config(treatment="drug x"), has_core_set=False)
    facts = dict(zip(table["fact"], table["about this study"], strict=True))
    assert facts["Treatment"] == "Drug x"
    assert "Core set measures" not in facts
    assert "Publication" not in facts


def test_patients_at_entry_stand_by_arm_and_by_response(start):
    patients = "patient_id,arm,sex\nP1,treated,female\nP2,treated,male\nP3,control,male\n"
    chapter, _, _ = start({"patients": patients, "core_set": CORE_SET}, arms=TWO_ARMS)
    config, table = chapter.study.config, chapter.study.table("patients")
    responses = derive_visit_responses(chapter.study.table("core_set"), config)
    groups = [report.group_by_arm(chapter), report.group_by_best_response(responses, table)]
    summary = summarise_cohort(table, chapter.study.table("core_set"), groups=groups)
    wide = report.tabulate_cohort(summary, config)
    assert [name.replace(NBSP, " ") for name in wide.columns] == [
        "at entry",
        "Treated (n = 2)",
        "Control <none> (n = 1)",
        "Responders (n = 1)",
        "Non-responders (n = 2)",
        "All (n = 3)",
    ]
    rows = wide.set_index("at entry")
    assert rows.loc["Sex: male"].str.replace(NBSP, " ").tolist() == [
        "1 of 2", "1 of 1", "0 of 1", "2 of 2", "2 of 3",
    ]  # fmt: skip
    assert rows.loc["Creatine kinase, U/L"].iloc[-1].replace(NBSP, " ") == (
        "252 (252 to 252); 2 missing"
    )
    caption = report.caption_cohort(summary, responses)
    assert "everybody else, among them 2 patients who could not be judged." in caption


def test_a_single_patient_has_no_table_of_groups(start):
    chapter, _, _ = start({"patients": "patient_id,arm,sex\nP1,treated,female\n"})
    table = chapter.study.table("patients")
    assert report.tabulate_cohort(summarise_cohort(table), chapter.study.config).empty
    assert report.explain_no_cohort(table) == "One patient: there is no group to describe."
    assert report.caption_patients(table) == "The patient."


def test_without_characteristics_there_is_no_table_and_no_list(start):
    chapter, _, _ = start()
    table = chapter.study.table("patients")
    assert report.tabulate_cohort(summarise_cohort(table), chapter.study.config).empty
    assert report.explain_no_cohort(table) == "Nothing was recorded of the patients at entry."
    assert report.tabulate_patients(table, chapter.study.config).empty


def test_abbreviated_diagnoses_are_spelt_out_where_they_occur():
    patients = pd.DataFrame({"diagnosis": ["IBM", "overlap", None]})
    assert report.explain_diagnoses(patients) == " IBM: inclusion body myositis."
    assert report.explain_diagnoses(pd.DataFrame({"arm": ["x"]})) == ""


def test_who_left_stands_under_the_first_visit_not_reached():
    patients = pd.DataFrame({"patient_id": ["A", "B", "C", "D"], "arm": "drug"})
    disposition = pd.DataFrame(
        {
            "patient_id": ["A", "B", "C", "D"],
            "last_month": [3.0, 2.9, 12.0, 12.0],
            "completed": [False, False, False, True],
            "stop_reason": pd.Series(["moved", None, "death", None], dtype="str"),
        }
    )
    left = report.list_who_left(patients, disposition, months=[0.0, 3.0, 12.0])
    assert left.values.tolist() == [
        ["drug", 12.0, "Moved", 1],
        ["drug", 3.0, "Reason not recorded", 1],
    ]
    assert report.list_who_left(patients, None, months=[0.0]).empty


def test_two_arms_are_named_and_escaped_in_every_sentence(start):
    chapter, _, _ = start({"patients": PATIENTS, "disposition": DISPOSITION}, arms=TWO_ARMS)
    assert strip_tags(report.describe_entered(chapter)) == (
        "3 patients entered the study: 2 in the arm “Treated” and 1 in the arm "
        "“Control &lt;none&gt;”."
    )
    assert strip_tags(report.describe_retention(chapter)) == (
        "1 of 2 (Treated) and 1 of 1 (Control &lt;none&gt;) patients were in the study at the last "
        "planned visit (3 months)."
    )


def test_an_arm_without_patients_is_not_mentioned(start):
    chapter, seen, _ = start(
        {"disposition": DISPOSITION.replace("P3,3,true,\n", "")}, arms=TWO_ARMS
    )
    assert report.list_arms(chapter) == {"treated": "Treated"}
    assert strip_tags(report.describe_entered(chapter)) == "2 patients entered the study."
    assert strip_tags(report.describe_retention(chapter)).startswith("1 of 2 patients were in")
    assert report.conclude_overview(chapter, seen)[0].startswith("One arm allows")


def test_a_single_patient_is_named_and_never_plural(start):
    one = "patient_id,arm\nP1,treated\n"
    chapter, seen, missing = start({"patients": one})
    sentences = [
        *report.summarise_overview(chapter, missing),
        report.describe_retention(chapter),
        *report.conclude_overview(chapter, seen),
        *report.describe_overview_limits(chapter),
        report.describe_flow(seen, report.list_who_left(seen, None, months=[0.0]), make_config()),
    ]
    text = strip_tags(" ".join(sentences))
    assert "1 patient is described: P1." in text
    assert "No table by visit says whether the patient was seen at 3 months." in text
    assert "one patient makes no flow" in text
    for nonsense in ("1 patients", "100 percentage points", "of 1 "):
        assert nonsense not in text


@pytest.mark.parametrize(
    ("completed", "verb"), [("P1,3,true,", "was in"), ("P1,1,false,headache", "was not in")]
)
def test_whether_a_single_patient_stayed_is_said_in_words(start, completed, verb):
    chapter, _, _ = start(
        {
            "patients": "patient_id,arm\nP1,treated\n",
            "disposition": f"patient_id,last_month,completed,stop_reason\n{completed}\n",
        }
    )
    assert strip_tags(report.describe_retention(chapter)) == (
        f"The patient {verb} the study at the last planned visit (3 months)."
    )


def test_without_tables_nobody_is_said_to_have_left(start):
    chapter, seen, missing = start()
    assert strip_tags(report.describe_retention(chapter)) == (
        "Who was still in the study at the last planned visit (3 months) was not recorded."
    )
    assert "was not recorded" in report.conclude_overview(chapter, seen)[0]
    assert report.describe_flow(seen, pd.DataFrame(), chapter.study.config) == (
        "who was seen at which visit was not recorded."
    )
    assert (
        report.describe_missing(chapter, missing) == "The core set was not measured in this study."
    )
    assert report.explain_no_missing(chapter) == "The core set was not measured in this study."
    assert "seen.treated.month_3" not in chapter.ledger


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


def test_one_visit_leaves_nothing_to_compare(start):
    chapter, seen, _ = start(visits=[{"month": 0, "label": "Baseline"}])
    assert report.describe_retention(chapter) == "One visit was planned."
    assert "no later state" in report.conclude_overview(chapter, seen)[0]


def test_missing_values_are_counted_with_their_patients(start):
    chapter, _, missing = start({"core_set": CORE_SET})
    # typed from CORE_SET: extramuscular of P1 at 3 months and ck of P2 at baseline; 3 visits
    assert strip_tags(report.describe_missing(chapter, missing)) == (
        "2 of 18 core set values are missing at visits that took place, in 2 patients: P1 and P2."
    )
    table = report.tabulate_missing(missing, chapter.study.config)
    assert table[["measure", "missing", "of", "who"]].values.tolist() == [
        ["Creatine kinase, U/L", 1, 2, "P2"],
        ["Extramuscular activity, VAS 0 to 10", 1, 1, "P1"],
    ]
    assert "(2 of 18)" in strip_tags(report.caption_missing(chapter, missing))


def test_a_complete_core_set_misses_nothing(start):
    whole = CORE_SET.replace("198,,76", "198,1,76").replace("1.25,,0", "1.25,90,0")
    chapter, _, missing = start({"core_set": whole})
    assert strip_tags(report.describe_missing(chapter, missing)).startswith("No core set value")
    assert report.caption_missing(chapter, missing) == ""
    assert report.explain_no_missing(chapter).startswith("No core set value is missing")


def test_one_missing_value_is_singular(start):
    chapter, _, missing = start({"core_set": CORE_SET.replace("1.25,,0", "1.25,90,0")})
    assert "1 of 18 core set values is missing" in strip_tags(
        report.describe_missing(chapter, missing)
    )
    assert "in 1 patient: P1." in strip_tags(report.describe_missing(chapter, missing))


def test_samples_show_how_many_can_be_compared(start):
    chapter, _, _ = start({"core_set": CORE_SET})
    availability = derive_availability(
        chapter.study.tables, patients=["P1", "P2"], months=[0.0, 3.0]
    )
    counts = summarise_availability(availability)
    table = report.tabulate_samples(counts, chapter.study.config)
    assert table.values.tolist() == [["Core set", "2", "1; 1 with baseline"]]
    assert report.tabulate_samples(counts.iloc[:0], chapter.study.config).empty


def test_names_of_arms_become_names_of_results(start):
    chapter, _, _ = start(
        {"patients": "patient_id,arm\nP1,Drug A (100 mg)\nP2,Drug A (100 mg)\n"},
        arms={"Drug A (100 mg)": "Drug A"},
    )
    assert chapter["entered.drug-a-100-mg"].value == 2
    assert report.name_seen("arm", 4.5) == "seen.arm.month_4-5"


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


# The whole notebook, run in this process on the studies of the repository and on parts of them.


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
