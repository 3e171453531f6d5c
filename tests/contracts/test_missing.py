import pytest

from helpers.contracts.missing import means_missing


@pytest.mark.parametrize("label", ["missing", "Missing (not drawn)", "n/a", "Uppgift saknas", "?"])
def test_labels_of_no_value(label):
    assert means_missing(label)


@pytest.mark.parametrize("label", ["no", "none", "not at all", "normal", ""])
def test_labels_of_values(label):
    assert not means_missing(label)
