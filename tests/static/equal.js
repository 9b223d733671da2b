import { equal, errorOf, test } from "./cases.js";

test("what differs is an error that tells both", () => {
  equal(
    errorOf(() => equal([1, "a"], [1, "b"])),
    '[1,"a"] is not [1,"b"]',
  );
  equal(
    errorOf(() => equal(undefined, null)),
    "undefined is not null",
  );
});

test("where no error comes, that is an error", () => {
  equal(
    errorOf(() => errorOf(() => 1)),
    "there was no error",
  );
});
