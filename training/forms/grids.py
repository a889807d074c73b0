"""How a section's form is drawn: lines down or roles down; then the words of each line."""

from dataclasses import dataclass, field

from django.forms import BoundField

from training.checks import Question
from training.forms.writing import BOXES, HOST, SectionForm, why
from training.sheet import Row, Section, Table


@dataclass
class Box:
    """One input of a table, or the place of one that is not asked."""

    row: Row
    what: str
    field: BoundField | None

    @property
    def label(self) -> str:
        """What it asks."""
        return str(self.field.label) if self.field else ""

    @property
    def heading(self) -> str:
        """The line and the box, for a telephone, where no column stands above it."""
        return f"{self.row.line.name}: {BOXES[self.what].lower()}"

    @property
    def error(self) -> str:
        """What is wrong with it, without its name: it stands in the box's own cell."""
        words = str(self.field.errors[0]) if self.field and self.field.errors else ""
        said = words.removeprefix(f"{self.label}: ")
        return said[:1].upper() + said[1:]


@dataclass
class GridRow:
    """A line, or a role when ``line`` is None."""

    heading: str
    line: Row | None
    boxes: list[Box]


@dataclass
class Column:
    """A group, or a line where roles are the rows, over its boxes."""

    heading: str
    line: Row | None
    boxes: list[str]


@dataclass
class Grid:
    """A table as it is drawn."""

    table: Table
    columns: list[Column]
    rows: list[GridRow]

    @property
    def is_wide(self) -> bool:
        """Does it need its headings kept in sight?"""
        return self.table.is_split


@dataclass
class Words:
    """What is asked of a line beside its boxes."""

    row: Row
    fields: dict[str, BoundField]
    questions: list[tuple[Question, BoundField | None]]
    milestone: list[BoundField] = field(default_factory=list)
    reasons: list[tuple[str, BoundField]] = field(default_factory=list)
    hosts: list[list[BoundField]] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Is there something that should not be looked for?"""
        boxes = [*self.fields.values(), *(box for _, box in self.reasons), *self.milestone]
        boxes += [box for host in self.hosts for box in host]
        wrong = any(box.errors for box in boxes)
        return wrong or bool(self.row.waiting or self.milestone or self.hosts)


@dataclass
class Part:
    """A section with its form, as the page draws it."""

    section: Section
    form: SectionForm
    grids: list[Grid]
    lines: list[Words]


def part_of(form: SectionForm) -> Part:
    """The section ready to be drawn. No query."""
    grids = [
        _roles_down(form, table) if table.roles_down else _lines_down(form, table) for table in form.section.tables
    ]
    return Part(form.section, form, grids, [words_of(form, row) for row in form.section.rows])


def _lines_down(form: SectionForm, table: Table) -> Grid:
    groups, boxes = table.groups, table.boxes
    columns = [Column(name, None, [BOXES[box] for box in boxes]) for _, name in groups]
    rows = [
        GridRow(row.line.name, row, [_box(form, row, code, box) for code, _ in groups for box in boxes])
        for row in table.rows
    ]
    return Grid(table, columns, rows)


def _roles_down(form: SectionForm, table: Table) -> Grid:
    columns = [Column(row.line.name, row, [BOXES[box] for box in row.boxes]) for row in table.rows]
    rows = [
        GridRow(name, None, [_box(form, row, code, box) for row in table.rows for box in row.boxes])
        for code, name in table.groups
    ]
    return Grid(table, columns, rows)


def _box(form: SectionForm, row: Row, group: str, box: str) -> Box:
    name = f"{box[0]}-{row.asked.pk}-{group}"
    return Box(row, box, form[name] if name in form.fields else None)


def words_of(form: SectionForm, row: Row) -> Words:
    """What is asked of one line beside its boxes."""
    pk = row.asked.pk
    hosts = range(len(form.hosts_there(row)) if row.line.by_host else 0)
    return Words(
        row,
        {name: form[f"{name}-{pk}"] for name in ("answer", "reason", "source", "narrative", "seen")},
        [(each, form[name] if (name := why(row, each)) in form.fields else None) for each in row.questions],
        [form[f"m-{pk}"], form[f"on-{pk}"]] if row.is_milestone else [],
        [(name, form[f"r-{pk}-{code}"]) for code, name in row.reasons],
        [[form[f"{part}-{pk}-{n}"] for part in HOST] for n in hosts],
    )
