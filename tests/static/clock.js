import { prepareClock, textOf } from "../../arena/static/arena/clock.js";
import { equal, test } from "./cases.js";

test("the clock says whole seconds where the sentence has its place for them", () => {
  equal(textOf("The models are working, [s] s", 12.9), "The models are working, 12 s");
});

test("the clock goes on from where the server stood", async () => {
  document.body.innerHTML = '<p data-clock data-seconds="41" data-shape="[s]"></p>';
  prepareClock(document.body);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  equal(document.body.textContent, "42");
});
