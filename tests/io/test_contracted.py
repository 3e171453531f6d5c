"""A table held against its contract: every fault of columns, cells and values at once."""

import pandera.pandas as pa

from helpers.io.contracted import read_contracted


def make_contract(*, may_be_empty=False):
    def column(dtype, kind, *, required=True):
        about = {"kind": kind, "unit": "", "expected": "0 to 9", "mend": "correct the value"}
        checks = [pa.Check.in_range(0, 9)] if kind == "number" else []
        return pa.Column(
            dtype, checks, nullable=True, required=required, description=kind, metadata=about
        )

    return pa.DataFrameSchema(
        {
            "name": column("str", "text"),
            "value": column(float, "number"),
            "note": column("str", "text", required=False),
        },
        metadata={"key": ("name",), "may_be_empty": may_be_empty},
    )


def read(folder, text, **options):
    path = folder / "a.csv"
    path.write_text(text)
    frame, faults = read_contracted(path, make_contract(**options), file="a.csv")
    return frame, [(fault.place, fault.found) for fault in faults]


def test_a_table_that_fits_is_typed(tmp_path):
    frame, faults = read(tmp_path, "name,value\nx,4\ny,\n")
    assert faults == []
    assert (frame["value"][2], frame.index.tolist()) == (4.0, [2, 3])


def test_all_faults_come_at_once_and_a_cell_is_told_once(tmp_path):
    _, faults = read(tmp_path, "name,values,note\nx,4,\nx,1,\n")
    assert faults == [
        ("a.csv, row 1, column values", "an unknown column"),
        ("a.csv, row 3, column name", "name x again, after row 2"),
    ]
    _, faults = read(tmp_path, "name,value\nx,4\ny,many\nz,10\n")
    assert faults == [
        ("a.csv, row 3, column value", "'many' (text)"),
        ("a.csv, row 4, column value", "10"),
    ]


def test_a_missing_column_is_told_with_what_it_holds(tmp_path):
    _, faults = read(tmp_path, "name\nx\n")
    assert faults == [("a.csv, row 1, column value", "no such column")]


def test_a_header_alone_is_a_fault_unless_the_table_may_be_empty(tmp_path):
    assert read(tmp_path, "name,value\n")[1] == [("a.csv", "a header without rows")]
    assert read(tmp_path, "name,value\n", may_be_empty=True)[1] == []


def test_a_file_without_form_gives_an_empty_table(tmp_path):
    frame, faults = read(tmp_path, "")
    assert frame.empty
    assert faults == [("a.csv", "an empty file")]
