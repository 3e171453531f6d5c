import random

import pytest
from tests.quantify.flow import made_files as make

from helpers.contracts import StudyDataError
from helpers.quantify.flow.read.fcs import read_fcs
from helpers.quantify.flow.read.workspace import read_workspace


def list_faults(read_it, path):
    try:
        read_it(path)
    except StudyDataError as error:
        return error.faults
    return ()


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_file_is_a_fault_with_its_place_or_is_read(tmp_path, seed):
    """`benchmarks/malformed_flow.py` does this many times over, and watches the memory."""
    draws = random.Random(seed)
    make.write_fcs(tmp_path / "a.fcs", make.make_events(40))
    sound = make.workspace(make.sample("a.fcs", [make.make_t_cells()], make.SCALES, make.MATRIX))
    refused = 0
    for name, content, read_it in (
        ("a.fcs", (tmp_path / "a.fcs").read_bytes(), read_fcs),
        ("a.wsp", sound.encode(), read_workspace),
    ):
        for _ in range(15):
            (tmp_path / name).write_bytes(make.damage(content, draws))
            faults = list_faults(read_it, tmp_path / name)
            assert all(fault.file.startswith(name) for fault in faults)
            assert all(fault.found and fault.mend for fault in faults)
            refused += bool(faults)
    assert refused > 10
