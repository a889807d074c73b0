"""Who answers to whom: the posts of a commissioner, and under them what it commissions (R26, R45, R93).

Data in, a tree out: the page draws it once as a picture and once as a nested list. The public rendition holds the
posts that are marked public and nothing about a provider but its name and how many leads it has.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from design.charts import Branch, Chart, tree
from providers.models import Arrangement, Organisation, Partnership
from providers.post_book import Line, lines_of

# Which posts of a provider stand on the chart of its commissioner; the others are on its own.
SHOWN_OF_PROVIDERS = frozenset(
    {"executive_lead", "responsible_person", "named_nurse_children", "named_doctor_children", "named_midwife",
     "named_professional", "safeguarding_lead", "adults_lead", "gp_lead"}
)  # fmt: skip
# Bodies with so many or more of one category are told as a number.
MANY = 4


@dataclass
class Node:
    """A box of the chart: what it is called, what is said of it, and what hangs on it."""

    label: str
    said: list[str] = field(default_factory=list)
    missing: bool = False
    children: list["Node"] = field(default_factory=list)

    def branch(self) -> Branch:
        """As the picture takes it."""
        return Branch(self.label, tuple(self.said), tuple(each.branch() for each in self.children), self.missing)


def chart_of(organisation: Organisation, *, on: date, public: bool = False) -> list[Node]:
    """The roots of the chart: the organisation, and beside it the bodies that it works under or with."""
    below = _commissioned_by(organisation, on=on) if organisation.kind == Organisation.Kind.COMMISSIONER else []
    by_body: dict[int, list[Line]] = {}
    for line in lines_of([organisation, *below], on=on):
        by_body.setdefault(line.organisation.pk, []).append(line)
    mine = [each for each in by_body.get(organisation.pk, []) if each.post and (each.post.public or not public)]
    top = Node(str(organisation), children=_posts(mine, public=public))
    if organisation.kind == Organisation.Kind.COMMISSIONER:
        top.children.append(_commissioned(below, by_body, public=public))
        return [top, *_beside(organisation)]
    return [top]


def drawn(nodes: list[Node], *, title: str) -> Chart:
    """The picture."""
    return tree([node.branch() for node in nodes], title=title, headers=("Box", "Who", "Under"))


def _posts(lines: list[Line], *, public: bool) -> list[Node]:
    """The posts, each under the one that its holder answers to; those above whom nobody is shown stand first."""
    nodes = {line.post.pk: _node(line, public=public) for line in lines if line.post}
    roots: list[Node] = []
    for line in lines:
        assert line.post is not None
        boss = nodes.get(line.post.line_manager_id or 0)
        (boss.children if boss else roots).append(nodes[line.post.pk])
    return roots


def _node(line: Line, *, public: bool) -> Node:
    who = str(line.holder) if line.holder else "Vacant"
    said = [who]
    if line.post and line.post.wte is not None and not public:
        said[0] = f"{who}, {line.post.wte.normalize():f} WTE"
    if line.cover and not public:
        said.append(f"covered by {line.cover}")
    return Node(line.title, said, missing=line.holder is None)


def _beside(organisation: Organisation) -> list[Node]:
    """NHS England and the boards: beside the commissioner, not under it."""
    links = Partnership.objects.current().filter(commissioner=organisation).exclude(kind="local_authority")
    rows = links.select_related("board").order_by("kind", "board__name")
    return [Node(str(row.board), [row.get_kind_display()]) for row in rows]


def _commissioned_by(commissioner: Organisation, *, on: date) -> list[Organisation]:
    """The open providers whose contract it leads, by category."""
    live: Any = Arrangement.objects.live(on=on).leading().filter(commissioner=commissioner)
    bodies = Organisation.objects.under(live).open(on=on).exclude(pk=commissioner.pk).select_related("category")
    return list(bodies.order_by("category__position", "name"))


def _commissioned(bodies: list[Organisation], lines: dict[int, list[Line]], *, public: bool) -> Node:
    """What it commissions: each body of a small category with its leads, a large category as a number."""
    leads = {
        pk: [line for line in mine if line.rule and line.rule.kind in SHOWN_OF_PROVIDERS] for pk, mine in lines.items()
    }
    by_category: dict[str, list[Organisation]] = {}
    for body in bodies:
        by_category.setdefault(body.category.plural if body.category else "Others", []).append(body)
    node = Node("Commissioned services", [_providers(len(bodies))])
    for plural, group in by_category.items():
        few = len(group) < MANY and not public
        node.children += [_provider(each, leads) for each in group] if few else [_category(plural, group, leads)]
    return node


def _provider(body: Organisation, lines: dict[int, list[Line]]) -> Node:
    """One box: a line for each lead."""
    return Node(str(body), [_lead(line) for line in lines.get(body.pk, [])])


def _lead(line: Line) -> str:
    """The person first: a long title may be cut in the picture, a name should not be."""
    title = line.title.partition(",")[0]
    return f"{_who(line)}, {title[:1].lower()}{title[1:]}"


def _who(line: Line) -> str:
    return str(line.holder) if line.holder else line.in_words


def _category(plural: str, group: list[Organisation], lines: dict[int, list[Line]]) -> Node:
    mine = [line for each in group for line in lines.get(each.pk, [])]
    held = sum(1 for line in mine if line.holder)
    return Node(plural, [_providers(len(group)), f"{held} of {len(mine)} lead posts known as held"])


def _providers(n: int) -> str:
    return f"{n} provider{'' if n == 1 else 's'}"
