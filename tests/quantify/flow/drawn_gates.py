"""Gates drawn by hand, and the events of a tube against them."""

from helpers.quantify.flow.gates import Axis, Gate, GateTree, order_gates
from helpers.quantify.flow.membership import find_members

PLANE = (Axis("FSC-A"), Axis("SSC-A"))


def members(events, *shapes, **options):
    gates = [
        Gate(f"g{number}", "", shape) if not isinstance(shape, Gate) else shape
        for number, shape in enumerate(shapes)
    ]
    return find_members(events, GateTree("gates", order_gates(gates, file="gates")), **options)
