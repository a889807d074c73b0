/* On a telephone a row of a table stands as a block, each cell behind its heading, so that nothing has to be scrolled
   sideways to be read. Rows of figures to compare stay a table in their scrolling frame, but for those with [data-stacks];
   without this every table does. A cell may bring its own [data-label] where headings stand in two rows. */

const MOST_FIGURES = 3;

export function stackTables(scope) {
  for (const table of scope.querySelectorAll(".portal-table:not(.portal-table--sticky), .portal-table[data-stacks]")) {
    const headings = [...table.querySelectorAll("thead th")];
    const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
    const foot = [...(table.tFoot?.rows ?? [])].filter(isLabelled);
    if (canStack(table, headings, rows)) stack(table, headings, [...rows, ...foot]);
  }
}

const isLabelled = (row) => [...row.cells].every((cell, place) => !place || cell.dataset.label);

function canStack(table, headings, rows) {
  if (rows.length && rows.every(isLabelled)) return true;
  const figures = headings.filter((heading) => heading.classList.contains("portal-number")).length;
  const whole = rows.every((row) => row.cells.length === headings.length && row.cells[0].tagName === "TH");
  const wanted = figures <= MOST_FIGURES || "stacks" in table.dataset;
  return headings.length > 2 && wanted && whole;
}

/* The roles say what the elements are already: a browser forgets it when they are no longer laid out as a table. */
function stack(table, headings, rows) {
  table.classList.add("portal-table--stacks");
  table.setAttribute("role", "table");
  for (const group of [table.tHead, ...table.tBodies, table.tFoot]) group?.setAttribute("role", "rowgroup");
  for (const row of table.tHead.rows) row.setAttribute("role", "row");
  for (const heading of headings) heading.setAttribute("role", "columnheader");
  for (const row of rows) {
    row.setAttribute("role", "row");
    [...row.cells].forEach((cell, place) => {
      cell.setAttribute("role", place ? "cell" : "rowheader");
      if (place) cell.dataset.label ??= headings[place].textContent.trim();
    });
  }
}
