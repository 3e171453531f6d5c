"""One set of versions: pyproject.toml, both locks and environment.yml agree."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import openpyxl
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text())
LOCKS = ("requirements.lock", "requirements-dev.lock")


def read_lock(name):
    """Read the pinned versions of a lock, by package, with the marker beside them."""
    pins = {}
    for line in (ROOT / name).read_text().splitlines():
        match = re.match(r"([a-z0-9][a-z0-9.-]*)==(\S+?)(?: ; (.*?))?(?: \\)?$", line)
        if match:
            pins[match[1]] = (match[2], match[3])
    return pins


def name_of(requirement):
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower().replace("_", "-")


def read_specifiers(requirement):
    return re.findall(r"(>=|<)([\d.]+)", requirement.partition(";")[0])


def order(version):
    return [int(part) for part in re.findall(r"\d+", version)]


def read_conda():
    by_pip = CONDA["dependencies"][-1]["pip"]
    return dict(
        re.split("==?", entry)
        for entry in [*CONDA["dependencies"], *by_pip]
        if isinstance(entry, str) and "=" in entry
    )


STRICT = re.compile(r"\b[AL]?GPL|General Public|\bMPL|Mozilla|\bEPL|Eclipse|\bEUPL|\bCDDL")


def read_licence(name):
    """Read what an installed package says of its licence; nothing where it is not installed."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return ""
    said = [about.get("License-Expression", ""), (about.get("License") or "")[:60]]
    classifiers = about.get_all("Classifier") or []
    return " ".join(said + [one for one in classifiers if one.startswith("License")])


DIRECT = {
    "requirements.lock": [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["build"]],
    "requirements-dev.lock": [
        *PROJECT["dependencies"],
        *(
            requirement
            for extra in ("build", "cluster", "remote", "test")
            for requirement in PROJECT["optional-dependencies"][extra]
        ),
    ],
}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_direct_dependency_is_locked_inside_its_bounds(lock):
    pins = read_lock(lock)
    for requirement in DIRECT[lock]:
        version, marker = pins[name_of(requirement)]
        assert marker is None, requirement
        for sign, bound in read_specifiers(requirement):
            fits = order(version) >= order(bound) if sign == ">=" else order(version) < order(bound)
            assert fits, f"{requirement}: locked at {version}"


def test_the_lock_for_tests_holds_the_lock_for_reports():
    runtime, dev = map(read_lock, LOCKS)
    versions = {name: version for name, (version, _) in runtime.items()}
    assert {name: dev[name][0] for name in runtime} == versions


@pytest.mark.parametrize("extra", ["cluster", "remote"])
def test_who_needs_no_other_machine_installs_nothing_for_one(extra):
    pins = read_lock("requirements.lock")
    assert not [r for r in PROJECT["optional-dependencies"][extra] if name_of(r) in pins]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_for_all_and_addresses_for_none(lock):
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(--index|--extra-index|--find-links|-f|-i|-e)\b", text, re.MULTILINE)
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    without = [block.split("=")[0] for block in blocks if "==" in block and "sha256:" not in block]
    assert without == []


@pytest.mark.parametrize("lock", LOCKS)
def test_the_package_that_slows_every_notebook_is_never_installed(lock):
    version = read_lock(lock).get("rfc3987-syntax")
    assert version is None or version[1] == "sys_platform == 'never'"


def test_conda_has_the_locked_version_of_every_direct_dependency_and_no_other():
    pins = read_lock("requirements.lock")
    expected = {name_of(r): pins[name_of(r)][0] for r in DIRECT["requirements.lock"]}
    found = read_conda()
    python = found.pop("python")
    assert found == expected
    assert order(python) >= order(PROJECT["requires-python"])


def test_conda_pins_exactly_and_leaves_only_python_its_newest_correction():
    loose = [entry for entry in CONDA["dependencies"] if "==" not in entry and "=" in entry]
    assert loose == ["python=3.13"]


def test_workbooks_are_read_by_the_parser_that_refuses_entities():
    assert openpyxl.DEFUSEDXML


def test_every_package_that_is_not_permissive_is_named_in_the_notes_on_licences():
    notes = (ROOT / "docs" / "licences.md").read_text()
    pins = read_lock("requirements-dev.lock")
    strict = [name for name in pins if STRICT.search(read_licence(name))]
    assert {"pingouin", "certifi"} <= {*strict}
    assert [name for name in strict if f"| `{name}` |" not in notes] == []


def list_files(lock, name):
    block = re.search(rf"^{name}==.*?(?=^[a-z0-9]|\Z)", (ROOT / lock).read_text(), re.M | re.S)
    return block[0].count("sha256:")


@pytest.mark.parametrize("lock", LOCKS)
def test_what_comes_as_source_only_is_built_by_something_locked(lock):
    # A mirror of the lock's files then builds it without fetching anything: pip takes the builder
    # from where it takes the rest. One file of one version is a source, for flowio has no wheel.
    assert list_files(lock, "flowio") == 1
    pins = read_lock(lock)
    assert order(pins["setuptools"][0]) >= [61]  # what flowio 1.4 asks for
    assert pins["setuptools"][1] is None


def test_conda_installs_the_project_itself_and_from_no_other_channel():
    assert CONDA["channels"] == ["conda-forge", "nodefaults"]
    *by_pip, own = CONDA["dependencies"][-1]["pip"]
    assert own == "-e ."
    assert {name_of(one) for one in by_pip} == {"flowio", "flowutils"}
    assert CONDA["name"] == PROJECT["name"]
