import numpy as np
import pytest
from pydantic import ValidationError
from tests.quantify.flow import made_files as make

from helpers.contracts import StudyDataError
from helpers.quantify.flow import FlowSettings, Pair, Population, measure, measure_changes
from helpers.quantify.flow.counting import compare_tubes, count_tubes
from helpers.quantify.flow.drawing import make_page
from helpers.quantify.flow.membership import find_members
from helpers.quantify.flow.percents import Share, find_change
from helpers.quantify.flow.read.fcs import read_fcs
from helpers.quantify.flow.vendor import CountPair, tabulate_counts
from helpers.quantify.measurement import to_frame

CD3 = Population(name="CD3+", gate="Cells/CD3+", condition="none")
CD4 = Population(name="CD4+", gate="Cells/CD3+/CD4+", condition="none")


def settings(*populations, **more):
    given = {"gates": "a.wsp", "populations": populations or (CD3, CD4), "least_parent_events": 100}
    return FlowSettings(**(given | more))


def write_tubes(folder, *rows, header="file,patient_id,month,condition"):
    (folder / "tubes.csv").write_text("\n".join([header, *rows]) + "\n")


@pytest.fixture
def raw(tmp_path):
    """A folder with one tube of three thousand events and its workspace."""
    make.write_fcs(tmp_path / "one.fcs")
    write_tubes(tmp_path, "one.fcs,P01,0,none")
    one = make.sample("one.fcs", [make.make_t_cells()], make.SCALES, make.MATRIX, count=3000)
    (tmp_path / "a.wsp").write_text(make.workspace(one))
    return tmp_path


def found(error):
    return [(fault.place, fault.found, fault.mend) for fault in error.value.faults]


def count_by_hand():
    """Count the gates of `make_t_cells` from the events themselves."""
    rows = make.make_events().astype(float)
    dyes = np.linalg.solve(np.array([[1, 0.1], [0.02, 1]]).T, rows[:, 2:4].T).T
    # on FlowJo's grid of 1024: (30000, 20000) is (29, 20), (200000, 200000) is (195, 195)
    x, y = (np.floor(rows[:, column] / 1024 + 0.5) for column in (0, 1))
    roof = 156 + (x - 29) * 39 / 166  # from (29, 156) to (195, 195)
    cells = (x >= 29) & (x <= 195) & (y >= 20) & (y <= roof + 1e-9)
    cd3 = cells & (dyes[:, 0] >= 1500)
    return int(cells.sum()), int(cd3.sum()), int((cd3 & (dyes[:, 1] >= 1500)).sum())


def test_populations_are_counted_as_by_hand(raw):
    cells, cd3, cd4 = count_by_hand()
    first, second = measure(raw, settings())
    assert (first.patient_id, first.month, first.what) == ("P01", 0, "CD3+")
    assert (first.unit, first.n) == ("% of Cells", cells)
    assert first.value == pytest.approx(100 * cd3 / cells)
    assert second.value == pytest.approx(100 * cd4 / cd3)
    assert (second.flag, second.qc, second.source_file) == ("", "", "one.fcs")
    assert len(second.sha256) == 64
    assert list(to_frame([first, second])["what"]) == ["CD3+", "CD4+"]


@pytest.mark.parametrize(("parent", "unit"), [("Cells", "% of Cells"), ("", "% of all events")])
def test_the_denominator_is_a_gate_around_it(raw, parent, unit):
    cells, _, cd4 = count_by_hand()
    one = Population(name="CD4+", gate="Cells/CD3+/CD4+", parent=parent, condition="none")
    (result,) = measure(raw, settings(one))
    assert result.unit == unit
    assert result.value == pytest.approx(100 * cd4 / (cells if parent else 3000))


def test_a_denominator_that_does_not_hold_the_population_is_refused(raw):
    one = Population(name="Cells", gate="Cells", parent="Cells/CD3+", condition="none")
    with pytest.raises(StudyDataError, match="Cells is not drawn in Cells/CD3\\+"):
        measure(raw, settings(one))


def test_few_parent_events_carry_a_flag(raw):
    cells = count_by_hand()[0]
    assert measure(raw, settings(CD3, least_parent_events=cells))[0].flag == ""
    (flagged,) = measure(raw, settings(CD3, least_parent_events=cells + 1))
    assert flagged.flag == f"{cells} events in the parent, fewer than {cells + 1}"


def write_workspace(folder, *samples):
    (folder / "a.wsp").write_text(make.workspace(*samples))


@pytest.mark.parametrize(("shift", "qc"), [(0, ""), (2, ""), (3, "one.fcs: FlowJo {0}, ours {1}")])
def test_flowjos_count_stands_beside_ours(raw, shift, qc):
    cells, cd3, _ = count_by_hand()
    # The tolerance is 2 events, or 0.2 % of the parent: 1000 events are 2 exactly.
    gates = [make.make_t_cells(cells=1000, cd3=cd3 + shift)]
    write_workspace(raw, make.sample("one.fcs", gates, make.SCALES, make.MATRIX, count=3000))
    (result,) = measure(raw, settings(CD3))
    assert result.qc == qc.format(cd3 + shift, cd3)
    pairs = {pair.gate: pair for pair in compare_tubes(raw, settings())["one.fcs"]}
    assert pairs["Cells/CD3+"].words == f"FlowJo {cd3 + shift}, ours {cd3}"
    assert pairs["Cells"].is_beyond == (abs(cells - 1000) > 6)
    assert pairs["Cells/CD3+/CD4+"].words.startswith("FlowJo not counted")


def test_both_counts_of_all_tubes_make_a_table():
    pairs = [CountPair("g", 102, 100, 900), CountPair("h", None, 7, 900, "a ratio")]
    table = tabulate_counts({"a.fcs": pairs, "b.fcs": [CountPair("g", 4, None, 900)]})
    assert list(table["difference"].astype("float").fillna(-9)) == [2, -9, -9]
    assert list(table["refused"]) == ["", "a ratio", ""]
    assert tabulate_counts({}).empty


def test_the_tolerance_is_two_events_or_a_part_of_the_gate_around():
    assert not CountPair("g", ours=102, vendor=100, around=900).is_beyond
    assert CountPair("g", ours=103, vendor=100, around=900).is_beyond
    assert not CountPair("g", ours=120, vendor=100, around=10_000).is_beyond
    assert CountPair("g", ours=121, vendor=100, around=10_000).is_beyond
    assert not CountPair("g", ours=None, vendor=100, around=900, refused="a ratio").is_beyond
    assert "refused (a ratio)" in CountPair("g", None, 100, 900, "a ratio").words


def test_the_programs_own_counts_can_be_taken_and_minus_one_is_missing(raw):
    (raw / "one.fcs").unlink()
    gates = [make.make_t_cells(cells=1000, cd3=400)]
    write_workspace(raw, make.sample("one.fcs", gates, make.SCALES, make.MATRIX, count=3000))
    first, second = measure(raw, settings(counted="program"))
    assert (first.value, first.n, first.source_file) == (40, 1000, "a.wsp")
    assert (second.value, second.flag, second.n) == (None, "not counted", 400)


@pytest.fixture
def pairs(tmp_path):
    """Two visits of one patient as a table of counts, each stimulated and not."""
    write_tubes(
        tmp_path,
        "a,P01,0,SEB",
        "b,P01,0,medium",
        "c,P01,6,SEB",
        "d,P01,6,medium",
    )
    (tmp_path / "counts.csv").write_text(
        "file,gate,count\n"
        "a,/CD4+,50000\na,CD4+/IFNg+,40\nb,CD4+,50000\nb,CD4+/IFNg+,5\n"
        "c,CD4+,50000\nc,CD4+/IFNg+,90\nd,CD4+,50000\nd,CD4+/IFNg+,6\n"
    )
    return tmp_path


NET = Population(
    name="IFNg+", gate="CD4+/IFNg+", condition=Pair(stimulated="SEB", unstimulated="medium")
)


def test_what_a_stimulus_adds_is_measured_and_its_change(pairs):
    both = settings(NET, gates="counts.csv")
    before, after = measure(pairs, both)
    assert (before.month, after.month) == (0, 6)
    assert before.value == pytest.approx(0.07)
    assert before.unit == "percentage points of CD4+"
    assert "Newcombe" in before.interval_method
    (change,) = measure_changes(pairs, both, from_month=0, to_month=6)
    expected = find_change((Share(40, 50000), Share(5, 50000)), (Share(90, 50000), Share(6, 50000)))
    assert change.percent == expected
    assert measure_changes(pairs, both, from_month=0, to_month=12) == []


def test_a_file_with_another_ending_is_a_tube_and_a_hidden_one_is_none(raw):
    (raw / "one.fcs").rename(raw / "data.001")
    (raw / "._one.fcs").write_bytes(b"x")
    write_tubes(raw, "data.001,P01,0,none")
    one = make.sample("data.001", [make.make_t_cells()], make.SCALES, make.MATRIX, count=3000)
    write_workspace(raw, one)
    assert [one.source_file for one in measure(raw, settings())] == ["data.001", "data.001"]


def test_half_a_pair_is_refused(pairs):
    write_tubes(pairs, "a,P01,0,SEB", "c,P01,6,SEB", "d,P01,6,medium")
    with pytest.raises(StudyDataError, match="P01, month 0: SEB without medium"):
        measure(pairs, settings(NET, gates="counts.csv", left_out=("b",)))


def test_everything_wrong_is_said_at_once_with_the_nearest_names(raw):
    make.write_fcs(raw / "spare.fcs")
    (raw / "other.wsp").write_text("x")
    write_tubes(raw, "one.fsc,P01,0,none", "one.fcs,P02,0,non")
    wrong = Population(name="CD8+", gate="Cells/CD3+/CD8+", condition="none")
    with pytest.raises(StudyDataError) as error:
        measure(raw, settings(CD3, wrong))
    words = "\n".join(f"{place}: {what}. {mend}" for place, what, mend in found(error))
    assert "tubes.csv, row 2, column file: no file one.fsc. " in words
    assert "spare.fcs is there and in no row" in words
    assert "condition non, which no population reads. did you mean none?" in words
    assert "other.wsp: a workspace that is not used" in words


def test_a_gate_that_is_not_there_names_the_nearest(raw):
    wrong = Population(name="CD8+", gate="Cells/CD3+/CD8+", condition="none")
    with pytest.raises(StudyDataError, match=r"did you mean Cells/CD3\+/CD4\+"):
        measure(raw, settings(wrong))
    short = Population(name="CD4+", gate="CD4+", condition="none")
    with pytest.raises(StudyDataError, match=r"did you mean Cells/CD3\+/CD4\+"):
        measure(raw, settings(short))


def test_a_sample_that_no_tube_is_must_be_left_out(raw):
    samples = [
        make.sample(name, [make.make_t_cells()], make.SCALES, make.MATRIX, number=number)
        for number, name in enumerate(("one.fcs", "beads.fcs"))
    ]
    write_workspace(raw, *samples)
    with pytest.raises(StudyDataError, match=r"sample beads.fcs, which no tube is"):
        measure(raw, settings())
    assert len(measure(raw, settings(left_out=("beads.fcs",)))) == 2
    with pytest.raises(StudyDataError, match=r"left_out names gone.fcs, which is not there"):
        measure(raw, settings(left_out=("beads.fcs", "gone.fcs")))


def test_a_tube_that_the_workspace_lacks_names_the_nearest(raw):
    write_workspace(raw, make.sample("on.fcs", [make.make_t_cells()], make.SCALES, make.MATRIX))
    with pytest.raises(StudyDataError, match=r"did you mean on.fcs"):
        measure(raw, settings(left_out=("on.fcs",)))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["one.fcs,P01,x,none"], "a number"),
        (["one.fcs,P01,-1,none"], "0 to 1200 months"),
        (["one.fcs,,0,none"], "column patient_id"),
        (["../one.fcs,P01,0,none"], "below this folder"),
        (["/one.fcs,P01,0,none"], "below this folder"),
        (["one.fcs,P01,0,none", "two.fcs,P01,0,none"], "as in row 2"),
        (["one.fcs,P01,0,none", "one.fcs,P02,0,none"], "one.fcs"),
        ([], "at least one row"),
    ],
)
def test_a_table_of_tubes_that_cannot_be_used_is_refused(raw, rows, words):
    write_tubes(raw, *rows)
    with pytest.raises(StudyDataError, match=words):
        measure(raw, settings())


def test_a_misspelt_column_of_the_tubes_names_the_nearest(raw):
    write_tubes(raw, "one.fcs,P01,0,none", header="file,patient_id,moth,condition")
    with pytest.raises(StudyDataError, match="did you mean month"):
        measure(raw, settings())


def test_another_compensation_changes_the_count(raw):
    (raw / "m.csv").write_text("FITC-A,PE/Cy7-A\n1,0.9\n0,1\n")
    gates = [
        (one.parent_count, one.count)
        for source in ("gates", "fcs", "none", "m.csv")
        for one in count_tubes(raw, settings(CD4, compensation=source))
    ]
    assert gates[0] == gates[1]
    assert len(set(gates)) == 3


def test_gates_of_another_kind_and_gating_ml_without_counts_are_refused(raw):
    (raw / "gates.pdf").write_text("x")
    with pytest.raises(StudyDataError, match=r"one of \.wsp, \.xml"):
        measure(raw, settings(gates="gates.pdf", left_out=("a.wsp",)))
    (raw / "gates.xml").write_text(make.gating_ml())
    with pytest.raises(StudyDataError, match="holds no counts"):
        measure(raw, settings(gates="gates.xml", counted="program"))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"compensation": "gate"}, "gates, fcs, none or a CSV file"),
        ({"populations": (CD3, CD3)}, "got twice: CD3+"),
        ({"least_parent_events": 0}, "greater than or equal to 1"),
        ({"offset": "text"}, "offset"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(more, words):
    with pytest.raises(ValidationError, match=words.replace("+", r"\+")):
        settings(**more)


def test_a_pair_has_two_conditions():
    with pytest.raises(ValidationError, match="got SEB twice"):
        Pair(stimulated="SEB", unstimulated="SEB")


def test_a_page_of_gates_shows_points_outlines_and_both_counts(raw):
    events = read_fcs(raw / "one.fcs")
    gates = [
        make.make_t_cells(cells=1, cd3=-1),
        make.population("Early", make.rectangle(("Time", None, 100))),
        make.population(
            "Round",
            make.ellipse(
                "FSC-A", "SSC-A", ((80, 80), (100, 100)), ((70, 70), (110, 110), (95, 85), (85, 95))
            ),
        ),
        make.joined("Not", "Late", "Early"),
    ]
    text = make.workspace(make.sample("one.fcs", gates, make.SCALES, make.MATRIX, count=3000))
    (raw / "a.wsp").write_text(text)
    from helpers.quantify.flow.read.workspace import read_workspace

    found = find_members(events, read_workspace(raw / "a.wsp").find("one.fcs").tree)
    page = make_page(events, found)
    assert list(page.gates["name"]) == ["Cells", "Early", "Round", "CD3+", "CD4+"]  # no Boolean
    first = page.gates.iloc[0]
    assert first["counts"] == f"FlowJo 1, ours {found.count('Cells')}"
    assert first["beyond"]
    assert page.gates.set_index("name").loc["CD3+", "x_label"] == "CD3 (FITC-A), compensated"
    corners = page.outlines.groupby("gate").size()
    assert corners["Cells"] == 4
    assert corners["Early"] == 2
    assert len(page.points[page.points["gate"] == "Cells"]) == 3000
    drawn = page.ticks[(page.ticks["gate"] == "Cells/CD3+") & (page.ticks["axis"] == "x")]
    assert {"0", "10k", "100k"} <= set(drawn["label"])
