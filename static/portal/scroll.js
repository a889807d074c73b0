/* A table's scroll region is a stop for the keyboard only while there is something to scroll to. */

export function startScrollRegions(scope) {
  const watcher = new ResizeObserver((changes) => changes.forEach(({ target }) => update(target)));
  for (const region of scope.querySelectorAll(".portal-scroll")) watcher.observe(region);
}

function update(region) {
  const overflows = region.scrollWidth > region.clientWidth + 1 || region.scrollHeight > region.clientHeight + 1;
  if (overflows) region.setAttribute("tabindex", "0");
  else region.removeAttribute("tabindex");
}
