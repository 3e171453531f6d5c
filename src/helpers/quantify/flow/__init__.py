"""Flow cytometry: from a cytometer's files and somebody's gates to percents with their interval."""

from helpers.quantify.flow.measuring import measure, measure_changes
from helpers.quantify.flow.settings import FlowSettings, Pair, Population

__all__ = ["FlowSettings", "Pair", "Population", "measure", "measure_changes"]
