// Times in the reader's own clock: forms are sent with how far it is ahead of UTC.
const local = (moment) => new Date(moment.getTime() - moment.getTimezoneOffset() * 60000).toISOString().slice(0, 16);

/** Makes a field for day and time one of the reader's clock, and keeps its form's `offset` right for the day chosen. */
export function clock(field) {
  const offset = field.form.elements.offset;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const note = field.closest(".field").querySelector("[data-zone]");
  const words = note?.dataset.wordZone || field.form.dataset.wordZone;
  if (note && words) note.textContent = words.replace("{zone}", zone);
  const keep = () => { offset.value = field.value ? String(-new Date(field.value).getTimezoneOffset()) : ""; };
  if (field.dataset.utc) field.value = local(new Date(field.dataset.utc));
  else if (field.value && offset.value === "") field.value = local(new Date(`${field.value}Z`));
  const soonest = local(new Date(Date.now() + 6 * 60000));
  field.min = field.value > local(new Date()) && field.value < soonest ? field.value : soonest; // a plan's own time may stay
  field.addEventListener("input", keep);
  keep();
}

for (const one of document.querySelectorAll("time[data-local]")) {
  one.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full", timeStyle: "short" }).format(new Date(one.dateTime));
}
for (const one of document.querySelectorAll('input[type="datetime-local"]')) clock(one);
