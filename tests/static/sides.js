import { positionOf, sideAt } from "../../arena/static/arena/sides.js";
import { equal, test } from "./cases.js";

test("side B is at the end of the way, which goes left where the page is read from the right", () => {
  equal([positionOf("a", 300, "ltr"), positionOf("b", 300, "ltr")], [0, 300]);
  equal([positionOf("a", 300, "rtl"), positionOf("b", 300, "rtl")], [0, -300]);
});

test("the side in view changes in the middle of the way", () => {
  equal(
    [0, 150, 151, 300, -150, -151].map((position) => sideAt(position, 300)),
    ["a", "a", "b", "b", "a", "b"],
  );
});

test("where both sides are in view, that is side A", () => {
  equal(sideAt(0, 0), "a");
});
