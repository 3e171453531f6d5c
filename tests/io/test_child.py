"""What ends a child process is told, and ends nothing else."""

import pytest

from helpers.io import child
from helpers.io.child import BrokenFileError, read_in_child


def write_script(tmp_path, code):
    (tmp_path / "script.py").write_text(code, encoding="utf-8")
    return str(tmp_path / "script.py")


def test_the_answer_of_a_script_comes_back(tmp_path):
    script = write_script(tmp_path, "import sys, json; print(json.dumps({'got': sys.argv[1:]}))")
    assert read_in_child(script, "a b", "2") == {"got": ["a b", "2"]}


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import os; os.abort()", "do not fit together"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "do not fit together"),
        ("bytearray(2**31)", "do not fit together"),
        ("""print('{"fault": "it has no sheet"}')""", "it has no sheet"),
        ("while True: pass", "longer than a minute"),
    ],
)
def test_what_becomes_of_it_is_told(tmp_path, monkeypatch, code, told):
    monkeypatch.setattr(child, "LONGEST_WAIT", 1 if "while" in code else 60)
    with pytest.raises(BrokenFileError, match=told):
        read_in_child(write_script(tmp_path, code))
