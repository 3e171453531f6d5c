"""The shape of the package: imports one way, a light door, every module documented and tested."""

import ast
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "helpers"
TESTS = Path(__file__).parent
MODULES = sorted(path for path in SOURCE.rglob("*.py") if path.name != "__init__.py")

ALLOWED = {
    "characters": set(),
    "names": {"characters"},
    "declared": set(),
    "contracts": {"characters", "contracts"},
    "io": {"characters", "contracts", "io"},
    "intake": {"contracts", "io", "intake"},
    "derive": {"contracts", "derive"},
    "stats": {"contracts", "derive", "stats"},
    "quantify": {"contracts", "io", "stats", "quantify"},
    "set_up": set(),
    "locate": {"contracts"},
    "check": {"check", "contracts", "derive", "io"},
    "study": {
        *(
            "characters",
            "check",
            "contracts",
            "declared",
            "io",
            "intake",
            "derive",
            "locate",
            "names",
        ),
    },
    "plots": {"contracts", "derive", "plots"},
    "report": {"contracts", "io", "derive", "stats", "study", "plots", "report"},
    "claims": {"contracts", "io", "derive", "stats", "study", "report", "claims"},
    "answers": {"claims", "contracts", "derive", "stats", "study", "plots", "report", "answers"},
    "render": {
        *("characters", "contracts", "declared", "io", "intake", "locate", "names", "render"),
    },
    "reconstruct": {"io", "stats", "reconstruct"},
    "scaffold": {"check", "contracts", "intake", "io", "names", "study"},
    "cli": {
        *("contracts", "intake", "io", "locate", "render", "scaffold", "study", "reconstruct"),
    },
    "__main__": {"cli", "render"},
}
"""What each folder or file of the package may import of the package, itself included."""

SCIENCE = {
    "matplotlib",
    "numpy",
    "pandas",
    "pandera",
    "pingouin",
    "scipy",
    "seaborn",
    "statsmodels",
}

LIBRARIES_OF_THE_RUNNER = {"render/warm/process": {"numpy"}}
"""What the runner may name of the science: forks share NumPy's generator and must seed it anew."""

LIGHT = (
    "helpers.cli",
    "helpers.characters",
    "helpers.names",
    "helpers.io.files",
    "helpers.io.hashes",
    "helpers.io.mapped",
    "helpers.io.sheets",
    "helpers.io.plain_yaml",
    "helpers.locate",
    "helpers.render.plan.chapters",
    "helpers.render.publish.manifest",
    "helpers.render.plan.parameters",
    "helpers.render.keep.study_card",
)
"""Modules that must start at once: ``./run_all.sh --help`` waits for them."""

TESTED_ELSEWHERE = {
    "__main__": "tests/test_cli.py runs it",
    "answers/panels": "tests/answers/test_biopsies.py and test_cytokines.py, which are made of it",
    "reconstruct/adverse_events": "tests/reconstruct/test_tables.py builds every table",
    "reconstruct/clinical_response": "tests/reconstruct/test_tables.py builds every table",
    "reconstruct/courses": "tests/reconstruct/test_tables.py builds every table",
    "reconstruct/cytokines": "tests/reconstruct/test_tables.py builds every table",
    "reconstruct/ihc": "tests/reconstruct/test_tables.py builds every table",
    "reconstruct/medications": "tests/reconstruct/test_tables.py builds every table",
    "reconstruct/skeleton": "tests/reconstruct/test_tables.py builds every table",
    "reconstruct/t_cells": "tests/reconstruct/test_tables.py builds every table",
    "reconstruct/write": "tests/reconstruct/test_tables.py builds every table",
    "io/bounds": "a list of numbers; tests/io/test_files.py and test_tables.py stand on both sides",
    "quantify/flow/counting": "tests/quantify/flow/test_measuring.py, through whole folders",
    "quantify/flow/drawing": "tests/quantify/flow/test_measuring.py, on a folder's tube",
    "quantify/flow/gates": "tests/quantify/flow/test_membership.py, which draws them",
    "quantify/flow/grid": "tests/quantify/flow/read/test_workspace.py, by steps",
    "quantify/flow/refusals": "every test of a fault of a cytometer's file",
    "quantify/flow/scales": "tests/quantify/flow/test_transforms.py",
    "quantify/flow/settings": "tests/quantify/flow/test_measuring.py",
    "quantify/flow/vendor": "tests/quantify/flow/test_measuring.py, beside a workspace's counts",
    "quantify/flow/read/documents": "tests/quantify/flow/read/test_workspace.py",
    "quantify/flow/read/keywords": "tests/quantify/flow/read/test_fcs.py, which is its door",
    "quantify/flow/read/tubes": "tests/quantify/flow/test_measuring.py, through whole folders",
    "quantify/measurement": "a record; the tests of every instrument make it",
    "claims/evidence": "tests/claims/test_verbs.py and test_verdicts.py, which read through it",
    "contracts/keys": "tests/contracts/test_dictionary.py and tests/contracts/test_overrides.py",
    "contracts/model": "tests/contracts/test_response.py, whose model is made of it",
    "render/run/environment": "tests/render/run/test_execute.py, whose chapters run in it",
    "render/run/whole_cells": "tests/render/run/test_execute.py runs it in kernels",
    "render/keep/imports": "tests/render/run/test_keys.py, which asks it what a notebook imports",
    "render/keep/reader": "tests/render/run/test_keys.py, whose keys it hashes for",
    "render/plan/given": "tests/render/plan/test_parameters.py, from the cell to the value",
    "report/response/confidence": "tests/statements/test_evidence.py, by its sentence",
    "render/run/how": "a record, and faults that tests/test_cli.py and test_run.py raise",
    "render/run/job": "tests/render/distribute/test_cluster.py",
    "render/places": "a record of paths, made by every test of render",
    "render/plan/plan": "tests/render/run/test_build.py and test_due.py",
    "render/keep/record": "tests/render/keep/test_cache.py writes and reads it",
    "render/plan/study_values": "tests/render/plan/test_grid.py, through a plan",
    "report/outcomes/plan": "tests/statements/test_planned.py, every sentence of it",
    "report/outcomes/reporting": "tests/statements/test_planned.py, both guidelines",
    "report/outcomes/arms": "tests/statements/test_arms.py, every sentence of it",
    "report/response/over_time": "tests/statements/test_over_time.py, every sentence of it",
    "report/response/printed_changes": "tests/statements/test_over_time.py, from lists to words",
    "stats/exact/exponential_family": "tests/stats/exact/test_proportions.py, which is its door",
    "stats/exact/pairing_distributions": "tests/stats/test_association.py, which is its door",
    "stats/exact/rank_distributions": "tests/stats/exact/test_exact.py, which is its door",
    "stats/exact/shift_intervals": "tests/stats/exact/test_exact.py, which is its door",
}
"""Modules without a test file of their own name, and where they are tested."""

TESTED_AS_ONE = (
    *("intake/carry", "intake/propose", "intake/read", "intake/words"),
    "render/warm",
)
"""Rooms whose modules share one test file: only together do they do anything."""

OTHER_TESTS = {
    "answers/test_every_answer.py": "what holds of every answer of every module",
    "answers/test_override.py": "one study with another rule, through all chapters",
    "intake/test_sources.py": "six files as people have them, each through all of the rooms",
    "quantify/flow/read/test_damaged.py": "files broken at random, through the readers of flow",
    "quantify/flow/test_shared.py": "real cytometers' files, which are not part of the project",
    "io/test_round_trip.py": "every file format there and back, through every reader",
    "quantify/elisa/test_shared.py": "real plates against their programs' own results",
    "quantify/elisa/test_spoilt.py": "a short form of benchmarks/malformed.py and coverage.py",
    "render/test_warm_shipped.py": "every shipped notebook by a warm and an ordinary kernel",
}
"""Test files of a layer that belong to no single module."""


def name_module(path):
    return path.relative_to(SOURCE).with_suffix("").as_posix()


@cache
def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def list_imports(path):
    """Give every module that a file imports, wherever in the file it does."""
    found = set()
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: name the package, no relative import"
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def list_layers(path):
    """Give the folders and files of this package that a file imports from."""
    parts = [name.split(".") for name in list_imports(path)]
    return {part[1] for part in parts if part[0] == "helpers" and len(part) > 1}


def layer_of(path):
    return name_module(path).split("/")[0]


each_module = pytest.mark.parametrize("path", MODULES, ids=name_module)


@each_module
def test_imports_point_one_way(path):
    # `from helpers import __version__` names no module.
    imported = list_layers(path) - {"__version__"}
    assert imported <= ALLOWED[layer_of(path)], f"{name_module(path)} imports {imported}"


def test_the_order_of_the_layers_has_no_circle():
    order = list(ALLOWED)
    for name, allowed in ALLOWED.items():
        later = {other for other in allowed if other != name}
        assert all(name not in ALLOWED[other] for other in later), name
    assert set(order) >= {layer_of(path) for path in MODULES}


ROOMS_OF_RENDER = ("keep", "plan", "publish", "page", "run")
"""In the order in which they may import one another: each those before it, and single files.

`distribute` stands apart: it is optional, and `run` loads it only when it is asked for.
"""


@pytest.mark.parametrize("path", sorted((SOURCE / "render").rglob("*.py")), ids=name_module)
def test_the_rooms_of_the_runner_stand_in_one_order(path):
    room = name_module(path).split("/")[1]
    used = {
        part[2]
        for name in list_imports(path)
        if (part := name.split("."))[:2] == ["helpers", "render"] and part[2:]
    }
    later = (
        () if room not in ROOMS_OF_RENDER else ROOMS_OF_RENDER[ROOMS_OF_RENDER.index(room) + 1 :]
    )
    assert not used & set(later)


@pytest.mark.parametrize("folder", sorted({path.parent for path in MODULES}), ids=str)
def test_rooms_stay_small(folder):
    assert len(list(folder.glob("*.py"))) <= 21


def test_no_module_imports_itself_on_a_way_round():
    found = {
        f"helpers.{name_module(path).replace('/', '.')}": list_imports(path) for path in MODULES
    }
    graph = {name: sorted(imports & set(found)) for name, imports in found.items()}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the way


def test_figures_compute_nothing():
    assert "stats" not in ALLOWED["plots"]
    for path in SOURCE.glob("plots/*.py"):
        assert not {"scipy", "statsmodels", "pingouin"} & roots(path), path


def roots(path):
    return {name.split(".")[0] for name in list_imports(path)}


@pytest.mark.parametrize("path", sorted((SOURCE / "render").rglob("*.py")), ids=name_module)
def test_the_runner_knows_nothing_of_the_science(path):
    science = {"derive", "stats", "plots", "report", "answers", "study"}
    assert not list_layers(path) & science
    contracts = {name for name in list_imports(path) if name.startswith("helpers.contracts.")}
    assert not {name for name in contracts if name.split(".")[2] == "tables"}
    assert roots(path) & SCIENCE <= LIBRARIES_OF_THE_RUNNER.get(name_module(path), set())


def test_light_modules_start_without_pandas():
    code = (
        f"import sys, importlib\nfor name in {LIGHT!r}: importlib.import_module(name)\n"
        f"heavy = {sorted(SCIENCE)!r} + ['nbconvert', 'papermill']\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_module_is_a_drawer_for_everything():
    drawers = {"utils", "util", "helpers", "common", "misc", "tools", "functions"}
    names = {part for path in SOURCE.rglob("*.py") for part in path.relative_to(SOURCE).parts}
    assert not {name.removesuffix(".py") for name in names} & drawers


def list_public(path):
    """Give the public functions and classes of a module, and the public methods of classes."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for node in parse(path).body:
        if isinstance(node, kinds) and not node.name.startswith("_"):
            yield node.name, node
            if isinstance(node, ast.ClassDef):
                yield from (
                    (f"{node.name}.{method.name}", method)
                    for method in node.body
                    if isinstance(method, kinds) and not method.name.startswith("_")
                )


@each_module
def test_everything_public_is_documented(path):
    assert ast.get_docstring(parse(path)), "expected a docstring of the module"
    known = list_said_of_every_answer() if layer_of(path) == "answers" else set()
    bare = [name for name, node in list_public(path) if not ast.get_docstring(node)]
    assert [name for name in bare if name.partition(".")[2] not in known] == []


@cache
def list_said_of_every_answer():
    """Give what `Answer` documents once for every answer: its sentence, pieces, limits."""
    public = list_public(SOURCE / "answers" / "answer.py")
    return {
        name.removeprefix("Answer.")
        for name, node in public
        if name.startswith("Answer.") and ast.get_docstring(node)
    }


@each_module
def test_functions_are_short(path):
    long = [
        (node.name, length)
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef) and (length := count_lines(node)) > 50
    ]
    assert long == []


def count_lines(function):
    """Count the lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def mirror(path):
    """Give the test file of a module."""
    name = next((one for one in TESTED_AS_ONE if path.is_relative_to(SOURCE / one)), None)
    *rooms, topic = (name or name_module(path)).split("/")
    return "/".join([*rooms, f"test_{topic}.py"])


@each_module
def test_every_module_has_a_test_file_of_its_name(path):
    mirrored = mirror(path)
    assert (TESTS / mirrored).is_file() != (name_module(path) in TESTED_ELSEWHERE), (
        f"expected tests/{mirrored}, or a line in TESTED_ELSEWHERE, not both"
    )


def test_the_exceptions_are_modules():
    assert set(TESTED_ELSEWHERE) <= {name_module(path) for path in MODULES}


def test_every_test_file_of_a_layer_has_its_module():
    expected = {mirror(path) for path in MODULES} | set(OTHER_TESTS)
    layers = {layer_of(path) for path in MODULES}
    found = {path.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py")}
    assert {name for name in found if name.split("/")[0] in layers} <= expected
