"""Environments and arguments that are odd, broken or hostile; each runs on a project with a report."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from attacks.attack import Attack, Failure
from attacks.projects import is_whole, read_tree, write_study
from attacks.shelter import Shelter, share

RENDER = ("render", "one", "--force")
DONE, FAILED, REFUSED, ENDED = 0, 1, 2, (130, 143)
ANY = (DONE, FAILED, REFUSED, *ENDED)
"""Codes that a program may give when nobody can say what is right; never a signal's."""
NOT_STARTED = (*ANY, 120, 126, 127)
"""With these, Python itself or the shell may not get as far as our program."""


@dataclass(frozen=True)
class Setting:
    """One hostile setting.

    Attributes
    ----------
    name : str
        What is odd, in words.
    words : tuple of str
        Arguments.
    codes : tuple of int
        Exit codes that are right.
    env : dict of str to str
        ``{home}`` and ``{folder}`` stand for the shelter's.
    shell, redirect : str
        What stands before and behind the program on a shell's line.
    prepare : callable
        Changes the project first.
    makes : str
        What may be made in the project, because that is what was asked for.
    """

    name: str
    words: tuple[str, ...] = RENDER
    codes: tuple[int, ...] = (DONE,)
    env: dict[str, str] = field(default_factory=dict)
    shell: str = ""
    redirect: str = ""
    prepare: Callable[[Path], object] = lambda project: None
    makes: str = ""


def refused(name, *words, **other):
    """Give a setting that must be refused before anything starts."""
    return Setting(name, words, (REFUSED,), **other)


def with_env(name, codes=(DONE,), **env):
    return Setting(f"{name}: {env}"[:70], codes=codes, env=env)


def reports_at(place, **other):
    return refused(f"--reports {place}", "render", "one", "--force", "--reports", place, **other)


def grid_named(name, reports):
    def prepare(project):
        (project / "grid.csv").write_text(f"study,name\none,{name}\n")

    words = ("batch", "grid.csv", "--reports", reports)
    return refused(f"a grid with name {name}, --reports {reports}", *words, prepare=prepare)


def put_study_here(project):
    write_study(project / "mine")


def link_report(project):
    (project / "reports" / "one").rename(project / "elsewhere")
    (project / "reports" / "one").symlink_to("../elsewhere")


def link_report_to_study(project):
    (project / "reports" / "other").symlink_to("../data/one")
    (project / "data" / "one").rename(project / "data" / "other")
    (project / "data" / "one").symlink_to("other")


def put_letters(project):
    folder = project / "reports" / "one"
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (folder / "my only letter.txt").write_text("not a report")


SETTINGS = (
    reports_at("data"),
    reports_at("data/one"),
    Setting("--reports .", (*RENDER, "--reports", "."), (DONE, REFUSED), makes="one"),
    refused("a study beside its report's place", "render", "./mine", "--reports", ".", prepare=put_study_here),
    refused("a report's place that is a link", *RENDER, prepare=link_report),
    refused("a link to a study", *("render", "one", "--reports", "reports"), prepare=link_report_to_study),
    refused("a folder of letters in the report's place", *RENDER, prepare=put_letters),
    *(grid_named(name, ".") for name in ("src", "notebooks", "data", "tests", "docs", "reports")),
    grid_named("one", "data"),
    grid_named("project", ".."),
    grid_named("home", ".."),
    grid_named("../x", "reports"),
    grid_named("CON", "reports"),
    reports_at("/dev/null"),
    reports_at("requirements.lock"),
    reports_at("bad\nname\x1b/" + "n" * 300),
    *(refused(f"-j {jobs}", "render", "-j", jobs) for jobs in ("0", "-1", "1e3", "9" * 30)),
    Setting("-j 10000", (*RENDER, "-j", "10000")),
    *(
        refused(f"-p {given}", "render", "one", "-p", given)
        for given in ("nonsense", "cutoff=inf", "cutoff=nan", "cutoff=1e999", "nobody=1", "study=x", "=", "cutoff=" + "9" * 5000)
    ),
    refused("a study that is not there", "render", "n" * 300),
    refused("a study of odd signs", "check", "a\nb\x1b[31m"),
    refused("a grid that is a pipe", "batch", "grid.csv", shell="mkfifo grid.csv"),
    with_env("long TMPDIR", TMPDIR="{folder}/home/" + "t" * 120),
    with_env("missing TMPDIR", TMPDIR="{folder}/nowhere"),
    with_env("unwritable TMPDIR", (DONE, FAILED, REFUSED), TMPDIR="/proc"),
    with_env("no HOME", HOME="/nowhere"),
    with_env("empty HOME", HOME=""),
    with_env("plain C", LANG="C", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"),
    with_env("narrow output", PYTHONIOENCODING="ascii:strict"),
    with_env("odd time", (REFUSED, DONE), SOURCE_DATE_EPOCH="abc"),
    with_env("far time", (REFUSED, DONE), SOURCE_DATE_EPOCH="9" * 30),
    with_env("no terminal", COLUMNS="0", LINES="-1", TERM="dumb"),
    with_env("hash seed", PYTHONHASHSEED="0"),
    with_env("no asserts or docstrings", PYTHONOPTIMIZE="2"),
    with_env("warnings as errors", ANY, PYTHONWARNINGS="error"),
    with_env("strict development mode", PYTHONDEVMODE="1"),
    with_env("Jupyter elsewhere", JUPYTER_RUNTIME_DIR="/proc/x", JUPYTER_CONFIG_DIR="/proc/x", JUPYTER_PATH="/proc/x", JUPYTER_DATA_DIR="/proc/x", IPYTHONDIR="/proc/x"),
    with_env("bad backend", (DONE, FAILED), MPLBACKEND="bad"),
    with_env("unwritable matplotlib", MPLCONFIGDIR="/proc/x"),
    with_env("odd thread counts", OMP_NUM_THREADS="nonsense", OPENBLAS_NUM_THREADS="9999"),
    Setting("40 open files", codes=(DONE, FAILED, REFUSED), shell="ulimit -n 40"),
    Setting("20 open files", codes=NOT_STARTED, shell="ulimit -n 20"),
    Setting("umask 777", codes=ANY, shell="umask 777"),
    Setting("full standard output", codes=ANY, redirect=">/dev/full"),
    Setting("full error output", codes=ANY, redirect="2>/dev/full"),
    Setting("full output of check", ("check",), codes=ANY, redirect=">/dev/full 2>/dev/full"),
    Setting("closed input", redirect="<&-"),
    Setting("closed output", codes=ANY, redirect=">&-"),
    Setting("closed error output", codes=ANY, redirect="2>&-"),
    Setting("all closed", codes=NOT_STARTED, redirect="<&- >&- 2>&-"),
    Setting("reader gone", codes=ANY, redirect="| true"),
    Setting("read-only project", codes=(FAILED, REFUSED), shell='mount --bind . . && mount -o remount,bind,ro . && cd "$PROJECT"'),
    Setting("full disk", codes=(FAILED, REFUSED), shell="mount -t tmpfs -o size=64k tmpfs reports"),
    Setting("no cache on a full disk", codes=(DONE, FAILED, REFUSED), shell="mount -t tmpfs -o size=4k tmpfs .cache"),
    Setting("full /tmp", codes=(DONE, FAILED, REFUSED), shell="mount -t tmpfs -o size=4k tmpfs \"$HOME\"; export TMPDIR=\"$HOME\""),
    Setting("no /proc", codes=(DONE, FAILED, REFUSED), shell="mount -t tmpfs tmpfs /proc"),
    Setting("from another folder", codes=ANY, shell="cd /"),
    Setting("from a deleted folder", codes=ANY, shell='mkdir gone && cd gone && rmdir "$PROJECT/gone"'),
)
MAY_CHANGE = ("reports", ".cache")


def run(numbers: Iterable[int], folder: Path):
    """Try settings, each in its turn."""
    yield from share(numbers, folder, try_case)


def try_case(number: int, shelter: Shelter) -> Failure | None:
    """Run the program in one setting, and look at what it said and changed."""
    setting = SETTINGS[number % len(SETTINGS)]
    shelter.reset()
    setting.prepare(shelter.project)
    before = take_picture(shelter, setting)
    env = {name: text.format(folder=shelter.folder) for name, text in setting.env.items()}
    done = shelter.run(*setting.words, env=env, shell=setting.shell, redirect=setting.redirect)
    kind = done.fault or find_fault(done, setting, before, shelter)
    return Failure(number, f"{setting.name}: {kind}", " ".join(setting.words)[:200], done.text[-300:]) if kind else None


def find_fault(done, setting, before, shelter):
    if done.code not in setting.codes:
        return f"exit code {done.code}"
    after = take_picture(shelter, setting)
    changed = sorted(path for path in before | after if before.get(path) != after.get(path))
    if changed:
        return f"changed: {', '.join(changed[:3])}"
    report = shelter.project / "reports" / "one"
    if setting.prepare in (link_report, put_letters) or is_whole(report):
        return ""
    return "the report is not whole"


def take_picture(shelter, setting):
    """Give all files that no run may change: the project without its reports, and the home folder."""
    files = {f"project/{path}": entry for path, entry in read_tree(shelter.project, without=(*MAY_CHANGE, setting.makes)).items()}
    return files | {f"home/{path}": entry for path, entry in read_tree(shelter.home, without=(".cache", ".config", ".local")).items()}


ATTACK = Attack(
    "settings",
    "no traceback, no hang, the right exit code, nothing changed outside the reports folder",
    len(SETTINGS),
    run,
)
