"""What cultures made less of when something was added."""


def test_cultures_are_told_with_the_exact_test(t_cell_run):
    """Differences 48, -63, -183, -429, -132, -135, -132, -179: V = 1, p = 4 / 256."""
    assert (
        "IL-17A was lower with “stimulated + anakinra” than with “stimulated” in 7 of 8 donors"
    ) in t_cell_run.say()
    assert t_cell_run.culture_changes["p_value"].tolist() == [4 / 256]
