"""The visit programme and the new services of the measuring world: one of everything, canaries in all."""

from datetime import timedelta
from typing import TYPE_CHECKING

from oversight.models import Mobilisation, ProgrammeMark
from providers.models import Arrangement

if TYPE_CHECKING:
    from assurance_portal.world import World


def make(world: "World") -> None:
    """A pin, a "not now", and a service being set up, for each commissioner."""
    for contract in Arrangement.objects.live(on=world.on).leading().order_by("pk"):
        place = world.key_of(contract.organisation)
        if place in ("P1", "P3", "shared"):
            _mark(world, contract, "pin" if place == "P1" else "not_now")
    for key, about in (("A", "P1"), ("B", "P3")):
        _service(world, key, about)


def _mark(world: "World", contract: Arrangement, kind: str) -> None:
    until = None if kind == "pin" else world.on + timedelta(days=90)
    nurse = world.person("DP", world.key_of(contract.commissioner))
    mark = ProgrammeMark.objects.put(
        contract, kind, reason=world.canary("mark", "reason"), until=until, by=nurse, at=world.at, on=world.on
    )
    world.keep(mark)


def _service(world: "World", key: str, about: str) -> None:
    service = Mobilisation.objects.begin(
        world.organisations[key],
        by=world.person("QA", key),
        at=world.at,
        organisation=world.organisations[about],
        service=world.canary("mobilisation", "service"),
        stage=Mobilisation.Stage.CONTRACT,
        question=world.canary("mobilisation", "question"),
        result=Mobilisation.Result.CONDITIONS,
        score=world.canary("mobilisation", "score"),
        conditions=world.canary("mobilisation", "conditions"),
        impact_assessed_on=world.on - timedelta(days=20),
        impact_answer=world.canary("mobilisation", "impact"),
    )
    note = world.canary("mobilisation", "note")
    service.move(
        Mobilisation.Stage.MOBILISATION, note, expected=1, by=world.person("QA", key), at=world.at, on=world.on
    )
    world.keep(service)
    world.things[-1].canaries.append(note)
