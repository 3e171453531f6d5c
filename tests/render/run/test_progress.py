"""A run says how far it has come, in a form that suits where it is read."""

import io
import re
import sys

from helpers.render.run.progress import show_progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_file_or_pipe_gets_one_plain_line_for_each_step(capsys):
    with show_progress(2) as tell:
        tell("toy: 01_first")
        tell("toy: 02_second")
    first, second = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"\[1/2\] toy: 01_first \(\d+\.\d s since the start\)", first)
    assert second.startswith("[2/2] toy: 02_second")


def test_a_terminal_gets_a_bar_that_goes_away_and_has_no_colour(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with show_progress(2) as tell:
        tell("toy: 01_first")
        tell("toy: 02_second")
    shown = terminal.getvalue()
    assert "| 2/2 " in shown
    assert "toy: 02_second" in shown
    assert shown.endswith("\r")
    assert not re.search(r"\x1b\[\d*m", shown)
