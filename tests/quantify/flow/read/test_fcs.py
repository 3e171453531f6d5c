import re

import numpy as np
import pytest
from tests.quantify.flow import made_files as make

from helpers.contracts import StudyDataError
from helpers.quantify.flow.read.fcs import read_fcs


def test_events_channels_and_markers_are_read(tmp_path):
    rows = make.make_events(5)
    events = read_fcs(make.write_fcs(tmp_path / "a.fcs", rows, timestep="0.01"))
    assert [channel.name for channel in events.channels] == list(make.CHANNELS)
    assert [channel.label for channel in events.channels] == list(make.MARKERS)
    assert events.values[:, :4] == pytest.approx(rows[:, :4])
    assert events.values[:, 4] == pytest.approx(rows[:, 4] * 0.01)  # seconds
    assert events.spill.detectors == ("FITC-A", "PE/Cy7-A")
    assert (events.version, len(events), events.notes) == ("3.1", 5, ())


@pytest.mark.parametrize("version", ["2.0", "3.0", "3.1"])
@pytest.mark.parametrize(
    ("kind", "dtype", "bits"), [("F", "f4", 32), ("D", "f8", 64), ("I", "u2", 16), ("I", "u4", 32)]
)
@pytest.mark.parametrize(("order", "sign"), [("1,2,3,4", "<"), ("4,3,2,1", ">")])
def test_every_version_kind_and_order_of_bytes_is_read(
    tmp_path, version, kind, dtype, bits, order, sign
):
    rows = np.array([[1, 2], [3, 1000]])
    words = make.fill_keywords(2, kind=kind, order=order, bits=bits)
    data = rows.astype(sign + dtype).tobytes()
    path = make.write_placed_fcs(tmp_path / "a.fcs", words, data, version=version)
    assert read_fcs(path).values.tolist() == rows.tolist()


@pytest.mark.parametrize("mark", ["/", "|", "\\", "*", "\t", "!", "^", ".", "\x0c", "]"])
def test_any_mark_may_stand_between_keywords(tmp_path, mark):
    data = np.array([[1, 2]], dtype="<f4").tobytes()
    path = make.write_placed_fcs(tmp_path / "a.fcs", make.fill_keywords(1), data, mark=mark)
    assert read_fcs(path).values.tolist() == [[1, 2]]


def test_two_marks_are_one_of_a_name_or_an_empty_value(tmp_path):
    data = np.array([[1, 2]], dtype="<f4").tobytes()
    escaped = make.fill_keywords(1, names=("A//b", "B"))
    path = make.write_placed_fcs(tmp_path / "a.fcs", escaped, data)
    assert [one.name for one in read_fcs(path).channels] == ["A/b", "B"]
    empty = make.fill_keywords(1) | {"$P1S": "", "$P1G": "2"}
    path = make.write_placed_fcs(tmp_path / "b.fcs", empty, data)
    assert read_fcs(path).values.tolist() == [[0.5, 2]]  # the gain after the empty value counts


def test_logarithmic_and_amplified_channels_are_put_on_their_scale(tmp_path):
    words = make.fill_keywords(2, kind="I", bits=16) | {"$P1E": "4,0", "$P2G": "4"}
    data = np.array([[0, 8], [512, 1027]], dtype="<u2").tobytes()
    events = read_fcs(make.write_placed_fcs(tmp_path / "a.fcs", words, data))
    # 1 x 10^(4 x / 1024); 1027 keeps the bits below 1024: 3
    assert events.values.tolist() == [[1, 2], [100, 0.75]]


@pytest.mark.parametrize("top", ["0", "1e9", "65536.0"])
def test_a_range_that_no_bits_can_hold_masks_none(tmp_path, top):
    words = make.fill_keywords(1, kind="I", bits=16) | {"$P1R": top}
    data = np.array([[60_000, 1027]], dtype="<u2").tobytes()
    path = make.write_placed_fcs(tmp_path / "a.fcs", words, data)
    assert read_fcs(path).values.tolist() == [[60_000, 3]]


def test_a_name_with_a_slash_is_found_as_flowjo_writes_it(tmp_path):
    events = read_fcs(make.write_fcs(tmp_path / "a.fcs", make.make_events(5)))
    assert events.find_channel("PE/Cy7-A") == events.find_channel("PE_Cy7-A") == 3


def test_a_blank_marker_is_none(tmp_path):
    words = make.fill_keywords(1) | {"$P1S": " "}
    data = np.array([[1, 2]], dtype="<f4").tobytes()
    assert read_fcs(make.write_placed_fcs(tmp_path / "a.fcs", words, data)).channels[0].label == ""


def test_a_tube_without_events_is_read(tmp_path):
    path = make.write_placed_fcs(tmp_path / "a.fcs", make.fill_keywords(0) | {"$TOT": 0}, b"")
    assert read_fcs(path).values.shape == (0, 2)


FOUR = np.arange(4, dtype="<f4").tobytes()


def test_offsets_that_differ_are_refused_with_both_and_read_on_request(tmp_path):
    words = make.fill_keywords(2)
    path = make.write_placed_fcs(tmp_path / "a.fcs", words, FOUR, shift=(-8, 0))
    start = int(re.search(rb"BEGINDATA/(\d+)", path.read_bytes())[1]) + 8
    expected = f"from byte {start} to {start + 15} by HEADER, {start - 8} to {start + 15} by TEXT"
    with pytest.raises(StudyDataError, match=expected):
        read_fcs(path)
    assert read_fcs(path, offsets="header").values.tolist() == [[0, 1], [2, 3]]
    with pytest.raises(StudyDataError, match="room for 24 bytes"):
        read_fcs(path, offsets="text")  # the wrong one does not hold $TOT events


def test_one_byte_too_many_is_refused_and_read_on_request(tmp_path):
    words = make.fill_keywords(2)
    path = make.write_placed_fcs(tmp_path / "a.fcs", words, FOUR + b"x")
    with pytest.raises(StudyDataError, match=r"room for 17 bytes(.|\n)*2 x 8 bytes"):
        read_fcs(path)
    assert read_fcs(path, offsets="text").values.tolist() == [[0, 1], [2, 3]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"$MODE": "C"}, r"\$MODE C, a histogram"),
        ({"$DATATYPE": "A"}, r"\$DATATYPE A"),
        ({"$BYTEORD": "3,4,1,2"}, r"\$BYTEORD 3,4,1,2"),
        ({"$TOT": "many"}, r"\$TOT 'many'"),
        ({"$TOT": "3"}, "room for 16 bytes"),
        ({"$PAR": "0"}, r"\$PAR 0"),
        ({"$PAR": "999999999"}, r"\$PAR 999999999"),
        ({"$P1B": "10"}, r"\$P1B 10"),
        ({"$P1B": "16"}, r"\$P1B 16"),
        ({"$P1R": "x"}, r"\$P1R 'x'"),
        ({"$P1N": " "}, r"channel 1 without a name"),
        ({"$P1E": "four,0"}, r"\$P1E 'four'"),
        ({"$P2G": "-1"}, r"\$P2G '-1'"),
        ({"$NEXTDATA": "100"}, "a second set of events from byte 100"),
    ],
)
def test_what_this_reader_does_not_know_is_refused_by_its_keyword(tmp_path, change, words):
    path = make.write_placed_fcs(tmp_path / "a.fcs", make.fill_keywords(2) | change, FOUR)
    with pytest.raises(StudyDataError, match=words):
        read_fcs(path)


@pytest.mark.parametrize("gone", ["$PAR", "$TOT", "$MODE", "$DATATYPE", "$BYTEORD", "$P2B", "$P2R"])
def test_a_keyword_that_is_not_there_is_named(tmp_path, gone):
    words = {name: value for name, value in make.fill_keywords(2).items() if name != gone}
    path = make.write_placed_fcs(tmp_path / "a.fcs", words, FOUR)
    with pytest.raises(StudyDataError, match=re.escape(gone)):
        read_fcs(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (b"PK\x03\x04" * 40, "begins with"),
        (b"FCS3.2" + b" " * 60, "version '3.2'"),
        (b"FCS3.0    " + b"x" * 60, "where TEXT begins and ends"),
        (b"FCS3.0    " + b"      58    9999" + b" " * 60, "in a file of"),
        (b"FCS3.0", "where TEXT begins and ends"),
    ],
)
def test_what_is_no_fcs_file_is_refused(tmp_path, content, words):
    (tmp_path / "a.fcs").write_bytes(content)
    with pytest.raises(StudyDataError, match=words):
        read_fcs(tmp_path / "a.fcs")


def test_a_file_that_is_not_there_is_a_fault(tmp_path):
    with pytest.raises(StudyDataError, match="cannot be read"):
        read_fcs(tmp_path / "a.fcs")


def test_values_that_are_no_numbers_are_refused(tmp_path):
    data = np.array([[1, np.nan], [np.inf, 2]], dtype="<f4").tobytes()
    path = make.write_placed_fcs(tmp_path / "a.fcs", make.fill_keywords(2), data)
    with pytest.raises(StudyDataError, match="1 of 2 events without a finite value in A"):
        read_fcs(path)


def test_two_channels_of_one_name_are_refused_when_a_gate_asks_for_it(tmp_path):
    words = make.fill_keywords(2, names=("A", "A"))
    events = read_fcs(make.write_placed_fcs(tmp_path / "a.fcs", words, FOUR))
    with pytest.raises(StudyDataError, match="2 channels named A"):
        events.find_channel("A")
