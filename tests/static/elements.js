import { find, findAll, need } from "../../arena/static/arena/elements.js";
import { equal, errorOf, place, test } from "./cases.js";

test("an element that must be there and is not is an error that names it", () => {
  const page = place("<p></p>");
  equal(find(page, ".missing"), null);
  equal(
    errorOf(() => need(page, ".missing")),
    "nothing is .missing",
  );
});

test("an element of another kind is an error", () => {
  const page = place('<p class="field"></p>');
  equal(
    errorOf(() => find(page, ".field", HTMLInputElement)),
    ".field is a P",
  );
  equal(
    errorOf(() => findAll(page, ".field", HTMLInputElement)),
    ".field is a P",
  );
});

test("all elements come in the order of the page", () => {
  const page = place("<p>1</p><div><p>2</p></div><p>3</p>");
  equal(
    findAll(page, "p").map((element) => element.textContent),
    ["1", "2", "3"],
  );
});
