"""The engine knows no study: it names no trial, drug or author, and no report another trial."""

import json
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
SOURCE = PROJECT / "src" / "helpers"
GOLDEN = PROJECT / "tests" / "golden"

NAMES = re.compile(r"anakinra|zong|dorph|munters|groh\b", re.IGNORECASE)

SOURCES_OF_RULES = (
    "Alemo Munters et al 2013 judged patients with three.",
    "Alemo Munters L et al. Arthritis Res Ther 2013;15:R83",
    "Dorph et al, ACR 2006, for",
)
"""Where a rule of the field was published; a rule keeps its source."""

OTHERS = {"anti_mda5_case": r"zong|dorph|munters", "endurance_training_iim": r"anakinra|zong|dorph"}


@pytest.mark.parametrize(
    "path",
    [p for p in SOURCE.rglob("*.py") if "reconstruct" not in p.parts],
    ids=lambda path: path.relative_to(SOURCE).as_posix(),
)
def test_no_module_names_a_study(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    named = [line.strip() for line in lines if NAMES.search(line)]
    assert [line for line in named if not any(s in line for s in SOURCES_OF_RULES)] == []


@pytest.mark.parametrize("study", sorted(OTHERS))
def test_no_report_names_another_study(study):
    files = sorted((GOLDEN / study).glob("*.*"))
    assert files
    for path in files:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            text = json.dumps(json.loads(text), ensure_ascii=False)
        assert re.findall(rf".{{0,40}}(?:{OTHERS[study]}).{{0,40}}", text, re.IGNORECASE) == []
