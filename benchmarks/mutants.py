"""Break the project in small ways, one at a time, and ask whether the golden results notice.

``python benchmarks/mutants.py [WORD ...]`` runs the mutants whose kind or file holds one of the
words, all where none is given. Each is made in a temporary copy, in which only the golden tests
run. Prints who was killed by what; ends with 1 where one survived. About half an hour for all.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("src", "notebooks", "data", "tests/golden", "pyproject.toml")


@dataclass(frozen=True)
class Mutant:
    """One change for the worse.

    Attributes
    ----------
    kind : str
        What it breaks: definition, group, scale, family, visit, population, limit or coverage.
    file : str
        Source file or notebook.
    old, new : str
        Text that is there once, and what stands there instead.
    look : str
        Which golden tests to ask first, as pytest's ``-k`` has it; then all.
    """

    kind: str
    file: str
    old: str
    new: str
    look: str


DERIVE, REPORT, STATS = "src/helpers/derive", "src/helpers/report", "src/helpers/stats"
RESPONSE, BIOPSIES = "notebooks/01_clinical_response.ipynb", "notebooks/02_muscle_biopsy_ihc.ipynb"
SERUM, CELLS = "notebooks/03_serum_cytokines.ipynb", "notebooks/04_t_cell_phenotype.ipynb"
PREDICTORS = "notebooks/05_predictive_biomarkers.ipynb"

MUTANTS = (
    Mutant(
        "definition",
        f"{DERIVE}/imacs.py",
        'judged["n_better"] >= definition.measures_needed',
        'judged["n_better"] > definition.measures_needed',
        "01",
    ),
    Mutant(
        "definition",
        f"{DERIVE}/imacs.py",
        'judged["n_worse"] <= definition.worsened_allowed',
        'judged["n_worse"] < definition.worsened_allowed',
        "01",
    ),
    Mutant(
        "definition",
        RESPONSE,
        "measures_needed=measures_needed,\n    improvement_percent=improvement_percent,",
        "measures_needed=measures_needed,\n    improvement_percent=20.0,",
        "better_by_40",
    ),
    Mutant(
        "definition",
        RESPONSE,
        "measures_needed=measures_needed,\n    improvement",
        "measures_needed=3,\n    improvement",
        "stricter",
    ),
    Mutant(
        "definition",
        RESPONSE,
        "worsening_percent=worsening_percent,\n    worsened_allowed=worsened_allowed,\n)",
        "worsening_percent=worsening_percent,\n    worsened_allowed=2,\n)",
        "stricter",
    ),
    Mutant(
        "definition",
        f"{DERIVE}/response_groups.py",
        "zero_baseline=config.rules.zero_baseline",
        'zero_baseline="infinite_worsening"',
        "other_scales",
    ),
    Mutant(
        "limit",
        f"{DERIVE}/imacs.py",
        "better = rounded >= definition.improvement_percent",
        "better = rounded > definition.improvement_percent",
        "01",
    ),
    Mutant(
        "limit",
        f"{DERIVE}/imacs.py",
        "known.sum(axis=1) >= definition.minimum_measures",
        "known.sum(axis=1) > definition.minimum_measures",
        "01",
    ),
    Mutant(
        "limit",
        f"{DERIVE}/functional_index.py",
        'flags["change_percent"] >= definition.improvement_percent',
        'flags["change_percent"] > definition.improvement_percent',
        "01",
    ),
    Mutant(
        "limit",
        f"{DERIVE}/response_definitions.py",
        'both["tis"] >= threshold',
        'both["tis"] > threshold',
        "01",
    ),
    Mutant(
        "limit",
        f"{DERIVE}/cytokines.py",
        '(rows["bound"] == "above") & (rows["concentration"] >= high)',
        '(rows["bound"] == "above") & (rows["concentration"] > 2 * high)',
        "03",
    ),
    Mutant(
        "limit",
        RESPONSE,
        "better_percent=improvement_percent",
        "better_percent=20.0",
        "better_by_40",
    ),
    Mutant(
        "group",
        BIOPSIES,
        "by_group = summarise_pairs(pairs, groups)",
        "by_group = summarise_pairs(pairs, groups.iloc[::-1])",
        "02",
    ),
    Mutant(
        "group",
        BIOPSIES,
        "compare.summarise_share(seen, groups)",
        "compare.summarise_share(seen, groups.map(lambda _: groups.iloc[0]))",
        "02",
    ),
    Mutant(
        "group",
        PREDICTORS,
        "responders.record_groups(chapter, groups)",
        "responders.record_groups(chapter, arms)",
        "05",
    ),
    Mutant(
        "group",
        PREDICTORS,
        '"first": response_groups.RESPONDERS, "second": response_groups.NON_RESPONDERS',
        '"first": response_groups.NON_RESPONDERS, "second": response_groups.RESPONDERS',
        "05",
    ),
    Mutant(
        "group",
        CELLS,
        "th_shift.record_falls(chapter, shift, groups)",
        "th_shift.record_falls(chapter, shift, pooled)",
        "04",
    ),
    Mutant(
        "scale",
        SERUM,
        'by_group = summarise_pairs(pairs, groups, scale="log")',
        "by_group = summarise_pairs(pairs, groups)",
        "03",
    ),
    Mutant(
        "scale",
        SERUM,
        'pair_report.pool_patients(chapter, groups), scale="log")',
        "pair_report.pool_patients(chapter, groups))",
        "03",
    ),
    Mutant("scale", SERUM, '        scale="log",', '        scale="linear",', "03"),
    Mutant(
        "scale",
        f"{STATS}/paired.py",
        '"low": _show(low, scale)',
        '"low": low',
        "03",
    ),
    Mutant(
        "scale",
        f"{DERIVE}/response_groups.py",
        "vas_maximum=config.instruments.vas_maximum",
        "vas_maximum=10",
        "05",
    ),
    Mutant(
        "family",
        f"{REPORT}/paired.py",
        "adjust_p_values(inside[group == name], adjustment=family.adjustment)",
        'adjust_p_values(inside[group == name], adjustment="holm")',
        "02",
    ),
    Mutant(
        "family",
        f"{REPORT}/paired.py",
        'changes["p_value"].where(changes["panel"].isin(family.endpoints))',
        'changes["p_value"]',
        "02 or 03 or 04",
    ),
    Mutant(
        "family",
        BIOPSIES,
        "changes = pair_report.adjust_family(changes, config, words)\n",
        "changes = pair_report.adjust_family(changes, config, words).assign(adjustment='')\n",
        "02",
    ),
    Mutant(
        "visit",
        f"{DERIVE}/paired.py",
        "later = list(seen[seen > baseline_month])",
        "later = list(seen[seen >= baseline_month])",
        "02",
    ),
    Mutant(
        "visit", BIOPSIES, 'expression["month"] == after', 'expression["month"] == before', "02"
    ),
    Mutant(
        "visit",
        CELLS,
        "months = (config.baseline_month, month)",
        "months = (month, config.baseline_month)",
        "04",
    ),
    Mutant(
        "visit", PREDICTORS, "last_month=config.months[-1]", "last_month=config.months[1]", "05"
    ),
    Mutant(
        "population",
        RESPONSE,
        'categories, patients=patients["patient_id"], months=visits',
        'categories, patients=categories["patient_id"].unique(), months=visits',
        "01",
    ),
    Mutant(
        "population",
        RESPONSE,
        "derive_best_response(categories, patients=groups.index)",
        "derive_best_response(categories, patients=groups.index[:-1])",
        "01",
    ),
    Mutant(
        "population",
        f"{DERIVE}/cohort.py",
        "last.get(patient, month) < month",
        "last.get(patient, month) <= month",
        "00",
    ),
    Mutant(
        "coverage",
        f"{REPORT}/chapter.py",
        "coverage=statistic.interval.achieved if statistic.interval else None",
        "coverage=None",
        "01",
    ),
    Mutant(
        "coverage",
        f"{STATS}/paired.py",
        '"achieved": math.nan if achieved is None else achieved',
        '"achieved": math.nan',
        "02 or 03 or 04",
    ),
)


def apply_mutant(mutant: Mutant, folder: Path) -> None:
    """Change the copy; a text that is not there exactly once is an error."""
    path = folder / mutant.file
    text = path.read_text(encoding="utf-8")
    notebook = json.loads(text) if path.suffix == ".ipynb" else None
    sources = [text] if notebook is None else ["".join(one["source"]) for one in notebook["cells"]]
    found = sum(source.count(mutant.old) for source in sources)
    if found != 1:
        raise SystemExit(f"{mutant.file}: expected once, found {found} times: {mutant.old}")
    changed = [source.replace(mutant.old, mutant.new) for source in sources]
    if notebook is not None:
        for cell, source in zip(notebook["cells"], changed, strict=True):
            cell["source"] = source
    text = changed[0] if notebook is None else json.dumps(notebook)
    path.write_text(text, encoding="utf-8")


def run_golden(folder: Path, look: str = "") -> str:
    """Run the golden tests of a copy; give the first line that moved, empty where none did."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/golden/test_golden.py",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(
        [*command, *(["-k", look] if look else [])],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return ""
    found = re.search(r"^Moved:\n(.+)$", done.stdout, re.MULTILINE)
    return found[1] if found else (done.stdout + done.stderr)[-300:]


def judge(mutant: Mutant) -> str:
    """Give what noticed a mutant; empty where it survived."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in COPIED:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, folder / part)
        apply_mutant(mutant, folder)
        return run_golden(folder, mutant.look) or run_golden(folder)


def main() -> None:
    """Judge every mutant that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("words", nargs="*", help="kinds or files, all where none is given")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="mutants at a time")
    asked = parser.parse_args()
    chosen = [
        one
        for one in MUTANTS
        if not asked.words or any(word in f"{one.kind} {one.file}" for word in asked.words)
    ]
    survived = 0
    with ThreadPoolExecutor(asked.jobs) as pool:
        for mutant, noticed in zip(chosen, pool.map(judge, chosen), strict=True):
            survived += not noticed
            verdict = "killed  " if noticed else "SURVIVED"
            print(f"{verdict} {mutant.kind:10} {mutant.file}: {mutant.new}", flush=True)
            print(f"         {noticed[:150] or mutant.old}", flush=True)
    print(f"{len(chosen) - survived} of {len(chosen)} killed")
    raise SystemExit(survived > 0)


if __name__ == "__main__":
    main()
