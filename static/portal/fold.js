/* On a telephone the filters of a list wait closed, so that the list comes first; a filter in use stays in sight. */

export function foldFilters(scope) {
  if (location.search || !matchMedia("(max-width: 40em)").matches) return;
  for (const panel of scope.querySelectorAll(".portal-filter details[open]")) panel.open = false;
}
