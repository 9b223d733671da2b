import { need } from "./elements.js";
import { prepareForms } from "./forms.js";

prepareForms();

// Another topic, without losing what is in the box.
addEventListener("click", async (event) => {
  const link = event.target instanceof Element ? event.target.closest(".topics__topic") : null;
  if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const reply = await fetch(link.href);
    if (!reply.ok) throw new Error(`status ${reply.status}`);
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    need(document, "[data-ideas]").replaceWith(need(page, "[data-ideas]"));
    need(document, ".topics__topic[aria-current]").focus();
  } catch {
    location.assign(link.href);
  }
});
