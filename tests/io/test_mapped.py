from helpers.io.mapped import list_mapped_files, list_mapped_tables

TEXT = """\
constants:
  disposition.stop_reason:
sources:
  - file: a.csv
    patient: id
    columns:
      sex: patients.sex
      s: [{to: disposition.completed}, disposition.last_month]
    tests:
      names: n
      values: v
      rows: {CK: {to: core_set.ck}}
"""


def test_tables_are_known_without_reading_any_file(tmp_path):
    (tmp_path / "mapping.yml").write_text(TEXT)
    assert list_mapped_tables(tmp_path) == ("patients", "disposition", "core_set")


def test_a_mapping_that_is_not_there_or_broken_makes_no_table(tmp_path):
    assert list_mapped_tables(tmp_path) == ()
    assert list_mapped_files(tmp_path) == []
    for text in ("", "[", "sources: 3", "sources: [3, {columns: [1]}]", "sources: [{tests: 4}]"):
        (tmp_path / "mapping.yml").write_text(text)
        assert list_mapped_tables(tmp_path) == ()


def test_tables_depend_on_the_mapping_and_on_every_original(tmp_path):
    (tmp_path / "mapping.yml").write_text(TEXT)
    (tmp_path / "raw" / "elisa").mkdir(parents=True)
    for name in ("b.csv", "a.csv", ".hidden", "~$a.xlsx"):
        (tmp_path / "raw" / name).write_text("x")
    names = [path.relative_to(tmp_path).as_posix() for path in list_mapped_files(tmp_path)]
    assert names == ["mapping.yml", "raw/a.csv", "raw/b.csv"]
