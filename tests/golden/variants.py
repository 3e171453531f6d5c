"""The studies of the golden results: those shipped, and small changes of them made by code.

Tables are changed as text, so that what is not changed keeps its digits.
"""

import csv
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
CLAIMS = "published_claims.csv"

Row = dict[str, str]
Table = list[Row]


@dataclass
class Made:
    """A study about to be written: its tables as text and its settings, free to be changed."""

    tables: dict[str, Table]
    settings: dict[str, Any]


Change = Callable[[Made], None]


@dataclass(frozen=True)
class Trial:
    """One study whose results are golden.

    Attributes
    ----------
    name : str
        Name of its folder, here and below data/.
    base : str
        The shipped study that it is made from.
    changes : tuple of functions
        What is changed of it, one after the other; none for a shipped study.
    chapters : tuple of str
        Numbers of the chapters that the change is about; all that it has tables for where empty.
    given : tuple of str
        Parameters as typed, ``name=value``.
    """

    name: str
    base: str
    changes: tuple[Change, ...] = ()
    chapters: tuple[str, ...] = ()
    given: tuple[str, ...] = field(default=())

    @property
    def is_shipped(self) -> bool:
        """Tell whether the study is one of data/ as it is."""
        return self.name == self.base

    def find_folder(self, folder: Path) -> Path:
        """Give the study's folder, made below `folder` where the study is no shipped one."""
        if self.is_shipped:
            return DATA / self.base
        place = folder / self.name
        if not place.exists():
            self._write(place)
        return place

    def _write(self, place: Path) -> None:
        made = _read_study(DATA / self.base)
        for change in self.changes:
            change(made)
        (place / "tables").mkdir(parents=True)
        text = yaml.safe_dump(made.settings, sort_keys=False, allow_unicode=True)
        (place / "study.yml").write_text(text, encoding="utf-8")
        for name, rows in made.tables.items():
            text = _format_table(rows)
            (place / "tables" / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
        if "07" in self.chapters:
            shutil.copy(DATA / self.base / CLAIMS, place / CLAIMS)


def _read_study(folder: Path) -> Made:
    tables = {}
    for path in sorted((folder / "tables").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    settings = yaml.safe_load((folder / "study.yml").read_text(encoding="utf-8"))
    settings.pop("notes", None)
    return Made(tables, settings)


def _format_table(rows: Table) -> str:
    target = io.StringIO()
    writer = csv.DictWriter(target, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue()


def drop(*tables: str) -> Change:
    """Take tables away."""

    def change(made: Made) -> None:
        for name in tables:
            del made.tables[name]

    return change


def keep(**wanted: Callable[[str], bool]) -> Change:
    """Keep the rows whose cell of a column is wanted, in every table with this column."""

    def change(made: Made) -> None:
        for name, rows in made.tables.items():
            for column, is_wanted in wanted.items():
                if column in rows[0]:
                    rows = [row for row in rows if is_wanted(row[column])]
            made.tables[name] = rows
        made.tables = {name: rows for name, rows in made.tables.items() if rows}

    return change


def edit(table: str, column: str, write: Callable[[Row], str], **where: str) -> Change:
    """Write a column's cells anew, in rows where other columns have the given text."""

    def change(made: Made) -> None:
        for row in made.tables[table]:
            if all(row[name] == text for name, text in where.items()):
                row[column] = write(row)

    return change


def write(table: str, patient: str, month: str, **cells: str) -> Change:
    """Write cells of one visit anew."""

    def change(made: Made) -> None:
        for row in made.tables[table]:
            if (row["patient_id"], row["month"]) == (patient, month):
                row.update(cells)

    return change


def skip(table: str, **where: str) -> Change:
    """Take away the rows whose columns have the given text, such as a visit not held."""

    def change(made: Made) -> None:
        made.tables[table] = [
            row
            for row in made.tables[table]
            if any(row[name] != text for name, text in where.items())
        ]

    return change


def multiply(table: str, column: str, factor: float, **where: str) -> Change:
    """Multiply a column's numbers; an empty cell stays empty."""

    def write(row: Row) -> str:
        return f"{float(row[column]) * factor:.4g}" if row[column] else ""

    return edit(table, column, write, **where)


def append(table: str, write: Callable[[Row], Row | None]) -> Change:
    """Add a row made from each row for which one is made."""

    def change(made: Made) -> None:
        rows = made.tables[table]
        made.tables[table] = rows + [row for row in map(write, list(rows)) if row]

    return change


def settle(**settings: Any) -> Change:
    """Replace settings of study.yml; those that are mappings gain the given keys."""

    def change(made: Made) -> None:
        for name, value in settings.items():
            known = made.settings.get(name)
            made.settings[name] = known | value if isinstance(known, dict) and value else value

    return change


def split_arms(*arms: str) -> Change:
    """Deal the patients out to arms in turn."""

    def change(made: Made) -> None:
        for number, row in enumerate(made.tables["patients"]):
            row["arm"] = arms[number % len(arms)]
        made.settings["arms"] = {arm: arm.capitalize() for arm in arms}
        made.settings["reference_arm"] = arms[-1]

    return change


def read_again(row: Row) -> Row | None:
    """Give the second reader's count of a section: in turn above and below the first one's."""
    if not row["value"] or row["patient_id"] > "P09":
        return None
    factor = 1.1 if int(row["patient_id"][1:]) % 2 else 0.85
    value = f"{float(row['value']) * factor:.3g}"
    return {**row, "value": value, "reader": "reader 2"}


def double_case(made: Made) -> None:
    """Add a second case, whose treatment has no dose and ends, and who has no event after it."""
    for table in ("patients", "labs", "medications", "case_events"):
        rows = made.tables[table]
        made.tables[table] = rows + [{**row, "patient_id": "C02"} for row in rows[:3]]
    made.tables["medications"][-1] |= {"dose": "", "unit": "", "end_month": "1"}


SHIPPED = tuple(
    Trial(path.parent.name, path.parent.name) for path in sorted(DATA.glob("*/study.yml"))
)
COHORT, CONTROLLED, CASE = "anakinra_iim", "endurance_training_iim", "anti_mda5_case"
CHANGED = {"month": "6"}
FEW = frozenset({"P01", "P03", "P06", "P09", "P12"})
HALF_A_FAMILY = {
    "biopsies": {"title": "Two stains", "endpoints": ["CD3", "CD163"], "adjustment": "holm"}
}

VARIANTS = (
    Trial("no_core_set", COHORT, (drop("core_set"),), ("00", "02", "03", "04")),
    Trial(
        "no_functional_index",
        COHORT,
        (drop("functional_index"), settle(primary_outcome=None)),
        ("01", "02"),
    ),
    Trial("no_families", COHORT, (settle(endpoint_families={}),), ("02", "03")),
    Trial("no_disposition", COHORT, (drop("disposition", "medications"),), ("00", "03")),
    Trial("two_arms", COHORT, (split_arms("active", "placebo"),), ("00", "01", "02", "04")),
    Trial("three_arms", CONTROLLED, (split_arms("low", "high", "none"),), ("00", "01")),
    Trial("two_readers", COHORT, (append("biopsies", read_again),), ("02",)),
    Trial(
        "one_patient",
        COHORT,
        (keep(patient_id="P01".__eq__),),
        ("00", "01", "02", "03", "04", "05"),
    ),
    Trial("few_patients", COHORT, (keep(patient_id=FEW.__contains__),), ("01", "02", "03")),
    Trial(
        "baseline_only",
        COHORT,
        (
            keep(month="0".__eq__),
            settle(visits=[{"month": 0, "label": "Baseline"}], reported={}, primary_outcome=None),
        ),
        ("00", "01", "02", "03", "04", "05"),
    ),
    Trial(
        "clear_change",
        COHORT,
        (
            multiply("biopsies", "value", 0.2, marker="CD163", **CHANGED),
            multiply("biopsies", "value", 3, marker="CD3", **CHANGED),
            multiply("cytokines", "concentration", 8, analyte="G-CSF", **CHANGED),
            multiply("t_cells", "percent", 0.3, population="CD4+ IFN-gamma+", **CHANGED),
            multiply("t_cells", "percent", 4, population="CD4+ IL-17A+", **CHANGED),
            settle(endpoint_families=HALF_A_FAMILY),
        ),
        ("02", "03", "04"),
    ),
    Trial(
        "on_the_limits",
        COHORT,
        (
            # Three measures better by exactly 20 %.
            write(
                "core_set", "P04", "3", physician_global="35.2", patient_global="37.6", ck="9.76"
            ),
            # A total improvement score of exactly 20: 7.5 + 2.5 + 10.
            write("core_set", "P08", "3", physician_global="54", patient_global="62", mmt8="53"),
            write("core_set", "P08", "3", haq_di="1.25", ck="4", extramuscular="24"),
            # A Functional Index better by exactly 20 %.
            write("functional_index", "P04", "3", fi="54"),
        ),
        ("01",),
    ),
    Trial("not_yet_followed", COHORT, (keep(month="0".__eq__),), ("02",)),
    Trial(
        "other_scales",
        CONTROLLED,
        (
            settle(
                instruments={"ck": {"unit": "ukat/L", "report_unit": "U/L"}},
                rules={"zero_baseline": "not_evaluable", "enzyme_multiplier": 5},
            ),
            # Better by three measures; of three worse ones two rise from 0, which decides.
            write("core_set", "A", "0", mmt8="60", extramuscular="0", ck="1.2"),
            write("core_set", "A", "3", extramuscular="0.1", ck="6"),
        ),
        ("01", "05"),
    ),
    Trial(
        "outside_limits",
        COHORT,
        (
            edit("cytokines", "bound", lambda _: "below", analyte="G-CSF", patient_id="P02"),
            edit("cytokines", "bound", lambda _: "above", analyte="IL-1Ra", month="6"),
            settle(references={}),
        ),
        ("03",),
    ),
    Trial(
        "gaps",
        CONTROLLED,
        (
            edit("core_set", "mmt8", lambda _: "", month="3", patient_id="A"),
            edit("core_set", "haq_di", lambda _: "", month="3", patient_id="B"),
            edit("core_set", "extramuscular", lambda _: "", month="0"),
            skip("core_set", month="3", patient_id="N"),
            drop("published_flags"),
        ),
        ("00", "01"),
    ),
    Trial(
        "open_reference",
        COHORT,
        (
            # The reference ends at 839: surely above it, perhaps above, perhaps not above.
            write("cytokines", "P02", "0", concentration="839", bound="above"),
            write("cytokines", "P03", "0", concentration="500", bound="above"),
            write("cytokines", "P05", "0", concentration="900", bound="below"),
        ),
        ("03",),
    ),
    Trial("two_cases", CASE, (double_case,), ("00", "06"), ("patient_id=C02",)),
    Trial("better_by_40", CONTROLLED, (), ("01", "05"), ("improvement_percent=40",)),
    Trial(
        "stricter",
        CONTROLLED,
        (),
        ("01",),
        ("measures_needed=4", "worsened_allowed=0", "worsening_percent=15"),
    ),
    Trial(
        "other_plan",
        COHORT,
        (),
        ("05",),
        (
            *("predictor=physician_global", "placebo_share=0.3", "power=0.9"),
            *("largest_arm=50", "simulations=200", "seed=2"),
        ),
    ),
)
TRIALS = SHIPPED + VARIANTS
