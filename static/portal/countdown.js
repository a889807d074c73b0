/* Counts the seconds down that a code still holds, then loads the page again. */
for (const line of document.querySelectorAll("[data-countdown]")) {
  const shown = line.querySelector("[data-countdown-seconds]");
  const end = Date.now() + Number(line.dataset.countdown) * 1000;
  const clock = setInterval(() => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    shown.textContent = left;
    if (left > 0) return;
    clearInterval(clock);
    location.reload();
  }, 500);
}
