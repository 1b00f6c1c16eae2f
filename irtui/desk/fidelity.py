"""How exactly each operation is simulated, for the faces: they know nothing of the simulator."""

from irtui.gameday.history import Limit
from irtui.simulator import fidelity


def fidelities() -> tuple[Limit, ...]:
    """Every operation of the simulated services."""
    return tuple(Limit(f"{service}.{name}", found.label, found.why) for service, name, found in fidelity.table())
