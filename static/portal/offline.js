/* [data-offline] is shown while the browser has no network. */
export function sayWhenOffline(scope) {
  const places = [...scope.querySelectorAll("[data-offline]")];
  const look = () => places.forEach((place) => { place.hidden = navigator.onLine; });
  if (!places.length) return;
  window.addEventListener("online", look);
  window.addEventListener("offline", look);
  look();
}
