/* On a telephone a row of a table stands as a block, each cell behind its heading, so that nothing has to be scrolled
   sideways to be read. Rows of figures to compare stay a table in their scrolling frame, but for those with [data-stacks];
   without this every table does. */

const MOST_FIGURES = 3;

export function stackTables(scope) {
  for (const table of scope.querySelectorAll(".portal-table:not(.portal-table--sticky), .portal-table[data-stacks]")) {
    const headings = [...table.querySelectorAll("thead th")];
    const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
    if (canStack(table, headings, rows)) stack(table, headings, rows);
  }
}

function canStack(table, headings, rows) {
  const figures = headings.filter((heading) => heading.classList.contains("portal-number")).length;
  const whole = rows.every((row) => row.cells.length === headings.length && row.cells[0].tagName === "TH");
  const wanted = figures <= MOST_FIGURES || "stacks" in table.dataset;
  return headings.length > 2 && wanted && whole;
}

/* The roles say what the elements are already: a browser forgets it when they are no longer laid out as a table. */
function stack(table, headings, rows) {
  table.classList.add("portal-table--stacks");
  table.setAttribute("role", "table");
  for (const group of [table.tHead, ...table.tBodies]) group.setAttribute("role", "rowgroup");
  table.tHead.rows[0].setAttribute("role", "row");
  for (const heading of headings) heading.setAttribute("role", "columnheader");
  for (const row of rows) {
    row.setAttribute("role", "row");
    [...row.cells].forEach((cell, place) => {
      cell.setAttribute("role", place ? "cell" : "rowheader");
      if (place) cell.dataset.label = headings[place].textContent.trim();
    });
  }
}
