import { prepareForms } from "../../arena/static/arena/forms.js";
import { equal, place, press, test } from "./cases.js";

/** A form that counts how often it is really sent, and goes nowhere. */
function form() {
  const page =
    place(`<form data-send-once><input name="idempotency_key" value="x"><textarea data-send-with-enter></textarea>
    <button type="submit">Send</button></form>`);
  prepareForms();
  const sent = { times: 0 };
  page.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) sent.times += 1;
    event.preventDefault();
  });
  return { sent, page, box: page.querySelector("textarea"), button: page.querySelector("button") };
}

test("a form is sent once, however often its button is pressed", () => {
  const { sent, button } = form();
  button?.click();
  button?.click();
  equal([sent.times, button?.ariaDisabled], [1, "true"]);
});

test("a form that is prepared twice is still sent", () => {
  const { sent, button } = form();
  prepareForms();
  button?.click();
  equal(sent.times, 1);
});

test("Enter sends from the text box, and so it does with Ctrl or Cmd", () => {
  for (const how of [{}, { ctrlKey: true }, { metaKey: true }]) {
    const { sent, box } = form();
    equal([box && press(box, "Enter", how), sent.times], [true, 1]);
  }
});

test("Enter with Shift begins a line, and Enter that ends a syllable sends nothing", () => {
  const { sent, box } = form();
  const lines = [{ shiftKey: true }, { isComposing: true }, { keyCode: 229 }];
  equal([lines.map((how) => box && press(box, "Enter", how)), sent.times], [[false, false, false], 0]);
});

test("a page that comes back from the browser's memory may be sent again, as a new request", () => {
  const { sent, button, page } = form();
  button?.click();
  dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  button?.click();
  equal([sent.times, page.querySelector("input")?.value], [2, ""]);
});
