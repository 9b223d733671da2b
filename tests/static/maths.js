import { inAlphabet } from "../../arena/static/arena/maths.js";
import { equal, test } from "./cases.js";

test("letters and digits are written in the letters of an alphabet, older places first", () => {
  equal(inAlphabet("Rk1", "double-struck"), "ℝ𝕜𝟙");
  equal(inAlphabet("LZe", "script"), "ℒ𝒵ℯ");
  equal(inAlphabet("Ag+C", "fraktur"), "𝔄𝔤+ℭ");
  equal(inAlphabet("v0", "bold"), "𝐯𝟎");
});
