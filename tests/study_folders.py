"""Build small study folders for tests: valid unless the test changes something."""

from pathlib import Path

import yaml

from helpers.contracts import Fault, StudyConfig
from helpers.study import check_study

PATIENTS = "patient_id,arm\nP1,treated\nP2,treated\n"
CORE_SET = (
    "patient_id,month,physician_global,patient_global,haq_di,ck,extramuscular,mmt8\n"
    "P1,0,3.5,4,0.875,252,2,72\n"
    "P1,3,1,2.5,0.5,198,,76\n"
    "P2,0,6,7,1.25,,0,64\n"
)


def make_settings(**changes):
    """Give a valid study.yml as a mapping, with top-level keys changed or, by None, taken away."""
    settings = {
        "title": "A study of two patients",
        "short_title": "Two patients",
        "question": "Do they improve?",
        "design": "One arm, open label.",
        "data_origin": "reconstructed",
        "provenance": "Invented for a test.",
        "arms": {"treated": "Treated"},
        "visits": [{"month": 0, "label": "Baseline"}, {"month": 3, "label": "3 months"}],
    }
    return {key: value for key, value in (settings | changes).items() if value is not None}


def make_config(**changes) -> StudyConfig:
    """Give the configuration of `make_settings`."""
    return StudyConfig.model_validate(make_settings(**changes))


def write_study(folder: Path, tables: dict[str, str] | None = None, **settings) -> Path:
    """Write a study folder of CSV texts; tables named here come beside or instead of patients."""
    (folder / "tables").mkdir(parents=True)
    text = yaml.safe_dump(make_settings(**settings), sort_keys=False)
    (folder / "study.yml").write_text(text, encoding="utf-8")
    for name, table in ({"patients": PATIENTS} | (tables or {})).items():
        (folder / "tables" / f"{name}.csv").write_text(table, encoding="utf-8", newline="")
    return folder


def find_only_fault(folder: Path) -> Fault:
    """Check a study that has one fault, and give it."""
    [fault] = check_study(folder)
    return fault
