"""What reads, keeps and compares golden results: a change in them must not hide a change."""

import nbformat
import pytest
from tests.golden.notebook import run_chapter
from tests.golden.patch import apply_patch, make_patch
from tests.golden.results import Golden, list_differences, make_golden, read_golden, write_golden
from tests.golden.said import read_blocks, read_caption, read_paragraphs
from tests.golden.variants import COHORT, TRIALS, Trial, keep

from helpers.render.plan.chapters import read_chapter

LINK = '<a class="number" href="#result-a.n"><data value="7">7</data></a>'
SAID = {"text": ["One.", "Two."], "figures": {"f": {"alt": "A", "caption": "C"}}}
BASE = Golden({"a": {"id": "a", "n": "1"}, "b": {"id": "b", "n": "2"}}, SAID)


def test_a_number_is_read_with_the_record_it_links():
    html = f'<p>{LINK}\u00a0of <a href="#patient-P1">P 1</a>&lt;9</p><ul><li>x</li></ul>'
    assert read_paragraphs(html) == ["7{a.n} of P 1<9", "x"]


def test_cells_of_a_row_are_parted():
    html = "<figcaption>C</figcaption><table><tr><th>a</th><td></td><td>1</td></tr></table>"
    assert read_blocks(html) == [("figcaption", "C"), ("tr", "a | | 1")]
    assert read_caption(html) == "C"


@pytest.mark.parametrize(
    "new",
    [
        {},
        SAID,
        {"text": ["One."], "figures": {"f": {"alt": "B"}, "g": {"alt": "G"}}},
        {"text": ["Two.", "One."], "error": "E"},
        {"figures": {}, "text": []},
    ],
)
def test_a_patch_makes_the_new_from_the_base(new):
    assert apply_patch(SAID, make_patch(SAID, new)) == new


@pytest.mark.parametrize("base", [None, BASE])
def test_what_is_written_is_read_again(tmp_path, base):
    new = Golden({"b": {"id": "b", "n": "3"}, "c": {"id": "c", "n": ""}}, {"text": ["Two."]})
    place = None if base is None else tmp_path / "base" / "01"
    if base is not None:
        write_golden(base, place)
    write_golden(new, tmp_path / "new" / "01", place)
    assert read_golden(tmp_path / "new" / "01", place) == new


def test_a_variant_that_moves_nothing_is_empty(tmp_path):
    write_golden(BASE, tmp_path / "base")
    write_golden(BASE, tmp_path / "new", tmp_path / "base")
    assert (tmp_path / "new.json").read_text() == "{}\n"
    assert not (tmp_path / "new.csv").exists()


def test_nothing_moved():
    assert list_differences(BASE, BASE) == []


def test_what_moved_is_named_old_and_new():
    new = Golden(
        {"a": {"id": "a", "n": "9"}, "c": {"id": "c"}},
        {"text": ["One.", "Three."], "figures": {"f": {"alt": "B", "caption": "C"}}},
    )
    assert list_differences(BASE, new) == [
        "a [n]: '1' -> '9'",
        """b: '{"id": "b", "n": "2"}' -> nothing""",
        """c: nothing -> '{"id": "c"}'""",
        "text 2: 'Two.' -> 'Three.'",
        "figures f alt: 'A' -> 'B'",
    ]


def test_a_new_error_is_named_first():
    failed = Golden({}, {"error": "ValueError: no rows"})
    assert list_differences(BASE, failed)[0] == "error: '' -> 'ValueError: no rows'"


def test_a_sentence_more_moves_no_other():
    new = Golden(BASE.records, SAID | {"text": ["One.", "New.", "Two."]})
    assert list_differences(BASE, new) == ["text: nothing -> 'New.'"]


def test_a_sentence_said_twice_is_named():
    new = Golden(BASE.records, SAID | {"text": ["One.", "Two.", "Two."]})
    assert list_differences(BASE, new) == ["text: nothing -> 'Two.'"]


def test_an_order_that_changed_is_named():
    assert list_differences(BASE, Golden(BASE.records, SAID | {"text": ["Two.", "One."]}))


SHOWS_LATE = """\
from IPython.display import DisplayHandle
about = {"report": {"kind": "summary", "name": ""}}
handle = DisplayHandle("top")
handle.display({"text/html": "<p>Later.</p>"}, raw=True, metadata=about)"""
UPDATES = """\
html = f"<p>{study.rpartition('/')[2]}: {cutoff}.</p>"
handle.update({"text/html": html}, raw=True, metadata=about)"""
SHOWS_ITSELF = """\
class Answer:
    def _repr_mimebundle_(self, **_):
        about = {"report": {"kind": "text", "name": ""}}
        return {"text/html": "<p>An answer.</p>", "text/plain": ""}, about
Answer()"""


@pytest.fixture
def run_cells(toys, tmp_path):
    """Run a chapter of the given cells for the study ``toy``."""
    project = toys.write_project(tmp_path / "project")

    def run(*cells, **values):
        notebook = toys.make_notebook(
            "# Title", *cells, parameters="cutoff: float = 20.0  # per cent"
        )
        path = project / "notebooks" / "09_some.ipynb"
        nbformat.write(notebook, path)
        study = project / "data" / "toy"
        return run_chapter(read_chapter(path), study, values, root=project, draws=True)

    return run


def test_a_chapter_is_run_with_its_parameters_and_late_updates(run_cells):
    said = make_golden(run_cells(SHOWS_LATE, UPDATES, cutoff=40.0)).said
    assert said == {"summary": ["toy: 40.0."]}


def test_the_last_line_of_a_cell_is_shown(run_cells):
    assert make_golden(run_cells(SHOWS_ITSELF)).said == {"text": ["An answer."]}


def test_a_cell_that_fails_ends_the_chapter_and_is_golden(run_cells):
    said = make_golden(run_cells("raise ValueError('no rows')", SHOWS_ITSELF)).said
    assert said == {"error": "ValueError: no rows"}


def test_a_warning_is_golden(run_cells):
    said = make_golden(run_cells("import warnings; warnings.warn('careful', stacklevel=1)")).said
    assert said == {"warnings": ["UserWarning: careful"]}


def test_a_table_is_read_as_shown_and_as_its_data(toys, run_cells):
    about = {"text/html": toys.TABLE.format(name="t"), "text/csv": "a,b\n1,2.123456789\n"}
    said = make_golden(run_cells(toys.show_code("table", about, "t"))).said
    assert said["tables"]["t"]["rows"] == ["patient | value", "P 1 | 1", "P 2 | 2"]
    assert said["tables"]["t"]["data"] == ["a,b", "1,2.12346"]


def test_a_variant_keeps_the_text_of_its_cells(tmp_path):
    trial = Trial("one", COHORT, (keep(patient_id="P01".__eq__),))
    text = (trial.find_folder(tmp_path) / "tables" / "core_set.csv").read_text()
    assert text.splitlines()[:2] == [
        "patient_id,month,physician_global,patient_global,haq_di,ck,extramuscular,mmt8",
        "P01,0,69,83,1.75,11.8,52,54",
    ]
    assert {line[:3] for line in text.splitlines()[1:]} == {"P01"}


def test_names_of_studies_are_their_own():
    names = [trial.name for trial in TRIALS]
    assert len(set(names)) == len(names)
