import { prepareKeys, prepareKeysButton } from "../../arena/static/arena/keys.js";
import { equal, place, press, test } from "./cases.js";

function listOfKeys() {
  const page = place("<dialog data-keys-dialog></dialog><textarea></textarea><button data-keys hidden></button>");
  prepareKeys(page);
  prepareKeysButton(page);
  return { page, dialog: page.querySelector("dialog"), button: page.querySelector("button") };
}

test("a question mark opens the list of keys", () => {
  const { page, dialog } = listOfKeys();
  equal([press(page, "?"), dialog?.open], [true, true]);
});

test("a question mark in a text is a question mark", () => {
  const { page, dialog } = listOfKeys();
  const box = page.querySelector("textarea");
  equal([box && press(box, "?"), dialog?.open], [false, false]);
});

test("the button of the list of keys is there with the script", () => {
  const { dialog, button } = listOfKeys();
  equal(button?.hidden, false);
  button?.click();
  equal(dialog?.open, true);
});
