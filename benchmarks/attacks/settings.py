"""Environments and arguments that are odd, broken or hostile."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from attacks.attack import Attack, Failure, tell
from attacks.projects import is_whole, read_tree, write_study
from attacks.shelter import Shelter, share
from attacks.spoil.common import short

RENDER = ("render", "one", "--force")
MINE = ("render", "./mine", "--reports", ".")
DONE, FAILED, REFUSED = 0, 1, 2
BUILT_OR_NOT = (DONE, FAILED, REFUSED)
ANY = (*BUILT_OR_NOT, 130, 143)
MAY_CHANGE = ("reports", ".cache")


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
        Variables.
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


def made(command, name):
    """Say what a shell makes first, and that it may be there afterwards."""
    return {"shell": f"{command} {name}", "makes": name}


def with_env(name, *, codes=(DONE,), shell="", **env):
    return Setting(name, codes=codes, shell=shell, env=env)


def reports_at(place, **other):
    return refused(f"--reports {short(place)}", *RENDER, "--reports", place, **other)


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


FOLDERS = ("src", "notebooks", "data", "tests", "docs", "reports")
JUPYTER = ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_PATH", "JUPYTER_DATA_DIR")
JOBS = ("0", "-1", "1e3", "9" * 5000)
PARAMETERS = ("nonsense", "cutoff=inf", "cutoff=nan", "cutoff=1e999", "nobody=1", "study=x", "=")
READ_ONLY = 'mount --bind . . && mount -o remount,bind,ro . && cd "$PROJECT"'
FULL = "mount -t tmpfs -o size=64k tmpfs"
TEMPORARY = 'mkdir -p "$TMPDIR"'
FULL_TEMPORARY = f'{TEMPORARY}; {FULL} "$TMPDIR"'
SETTINGS = (
    reports_at("data"),
    reports_at("data/one"),
    reports_at("/dev/null"),
    reports_at("requirements.lock"),
    reports_at("bad\nname\x1b/" + "n" * 300),
    Setting("--reports .", (*RENDER, "--reports", "."), (DONE, REFUSED), makes="one"),
    refused("a study in its report's place", *MINE, prepare=put_study_here),
    refused("a report's place that is a link", *RENDER, prepare=link_report),
    refused("a report's place that is a link to a study", *RENDER, prepare=link_report_to_study),
    refused("a folder of letters in the report's place", *RENDER, prepare=put_letters),
    *(grid_named(name, ".") for name in FOLDERS),
    grid_named("one", "data"),
    grid_named("project", ".."),
    grid_named("home", ".."),
    grid_named("../x", "reports"),
    grid_named("CON", "reports"),
    *(refused(f"-j {short(jobs)}", "render", "-j", jobs) for jobs in JOBS),
    Setting("-j 10000", (*RENDER, "-j", "10000"), (DONE, REFUSED)),  # by how many files are allowed
    *(refused(f"-p {given}", "render", "one", "-p", given) for given in PARAMETERS),
    refused("-p of 5,000 digits", "render", "one", "-p", "cutoff=" + "9" * 5000),
    refused("a study of a long name", "render", "n" * 300),
    refused("a study of odd signs", "check", "a\nb\x1b[31m"),
    refused("a grid that is a pipe", "batch", "grid.csv", **made("mkfifo", "grid.csv")),
    refused("a grid that is a folder", "batch", "data.csv", **made("mkdir", "data.csv")),
    with_env("a long TMPDIR", TMPDIR="/tmp/" + "t" * 120, shell=TEMPORARY),
    with_env("a missing TMPDIR", TMPDIR="/nowhere"),
    with_env("an unwritable TMPDIR", TMPDIR="/proc", codes=BUILT_OR_NOT),
    with_env("a full TMPDIR", TMPDIR="/tmp/t", shell=FULL_TEMPORARY, codes=BUILT_OR_NOT),
    with_env("no HOME", HOME="/nowhere"),
    with_env("an empty HOME", HOME=""),
    with_env("plain C", LANG="C", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"),
    with_env("narrow output", PYTHONIOENCODING="ascii:strict"),
    with_env("a time that is none", SOURCE_DATE_EPOCH="abc", codes=(DONE, REFUSED)),
    with_env("a time too far", SOURCE_DATE_EPOCH="9" * 30, codes=(DONE, REFUSED)),
    with_env("no terminal", COLUMNS="0", LINES="-1", TERM="dumb"),
    with_env("a hash seed", PYTHONHASHSEED="0"),
    with_env("no asserts or docstrings", PYTHONOPTIMIZE="2"),
    with_env("warnings as errors", PYTHONWARNINGS="error", codes=ANY),
    with_env("development mode", PYTHONDEVMODE="1"),
    with_env("Jupyter elsewhere", IPYTHONDIR="/proc/x", **dict.fromkeys(JUPYTER, "/proc/x")),
    with_env("a backend that is none", MPLBACKEND="bad", codes=BUILT_OR_NOT),
    with_env("no place for matplotlib", MPLCONFIGDIR="/proc/x"),
    with_env("odd counts of threads", OMP_NUM_THREADS="nonsense", OPENBLAS_NUM_THREADS="9999"),
    Setting("40 open files", shell="ulimit -n 40", codes=BUILT_OR_NOT),
    Setting("umask 777", shell="umask 777", codes=ANY),
    Setting("full output", redirect=">/dev/full", codes=ANY),
    Setting("full error output", redirect="2>/dev/full", codes=ANY),
    Setting("full outputs of check", ("check",), redirect=">/dev/full 2>/dev/full", codes=ANY),
    Setting("closed input", redirect="<&-"),
    Setting("closed output", redirect=">&-", codes=ANY),
    Setting("closed error output", redirect="2>&-", codes=ANY),
    Setting("all closed", redirect="<&- >&- 2>&-", codes=ANY),
    Setting("nobody reads", redirect="| true", codes=ANY),
    Setting("a read-only project", shell=READ_ONLY, codes=(FAILED, REFUSED)),
    Setting("no room for reports", shell=f"{FULL} reports", codes=(FAILED, REFUSED)),
    Setting("no room for what is kept", shell=f"{FULL} .cache", codes=BUILT_OR_NOT),
    Setting("no /proc", shell="mount -t tmpfs tmpfs /proc", codes=BUILT_OR_NOT),
    Setting("from another folder", shell="cd /", codes=ANY),
    Setting("from a deleted folder", shell='mkdir x && cd x && rmdir "$PROJECT/x"', codes=ANY),
)


def run(numbers: Iterable[int], folder: Path):
    """Try settings, each in its turn."""
    return share(numbers, folder, try_case)


def try_case(number: int, shelter: Shelter) -> Failure | None:
    """Run the program in one setting, and look at what it said and changed."""
    setting = SETTINGS[number % len(SETTINGS)]
    shelter.reset()
    setting.prepare(shelter.project)
    before = take_picture(shelter, setting)
    how = {"env": setting.env, "shell": setting.shell, "redirect": setting.redirect}
    done = shelter.run(*setting.words, **how)
    kind = done.fault or find_fault(done, setting, before, shelter)
    case = " ".join([f"{setting.shell};", *setting.words, setting.redirect])[:200]
    return tell(number, kind and f"{setting.name}: {kind}", case, done.text)


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
    """Give all that no run may change: the project without its reports, and the home folder."""
    project = read_tree(shelter.project, without=(*MAY_CHANGE, setting.makes))
    home = read_tree(shelter.home, without=(".cache", ".config", ".local"))
    return project | {f"home/{path}": entry for path, entry in home.items()}


ATTACK = Attack(
    "settings",
    "no traceback, no hang, the right exit code, nothing changed outside the reports folder",
    len(SETTINGS),
    run,
)
