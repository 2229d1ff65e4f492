// Shows a chosen picture before it is sent.
const KINDS = /^image\/(png|jpeg|webp|gif|avif)$/;

for (const input of document.querySelectorAll("input[data-preview]")) {
  let shown = "";
  input.addEventListener("change", () => {
    const file = input.files[0];
    const place = document.querySelector(`[data-shown="${input.dataset.preview}"]`);
    if (!file || !place || !KINDS.test(file.type)) return;
    if (shown) URL.revokeObjectURL(shown);
    shown = URL.createObjectURL(file);
    const picture = document.createElement("img");
    picture.src = shown;
    picture.alt = "";
    place.replaceChildren(picture);
  });
}
