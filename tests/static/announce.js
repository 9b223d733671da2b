import { Announcer, sentencesOf } from "../../arena/static/arena/announce.js";
import { equal, place, test } from "./cases.js";

test("a sentence ends when the space behind its mark is there", () => {
  equal(sentencesOf("One. Two! Three"), [["One.", " Two!"], " Three"]);
  equal(sentencesOf("One."), [[], "One."]);
});

test("a point inside a number or a name ends nothing", () => {
  equal(sentencesOf("It is 3.14 on example.org and"), [[], "It is 3.14 on example.org and"]);
});

test("a closing quotation mark or bracket belongs to its sentence", () => {
  equal(sentencesOf('He said "no." Then (so it was.) he'), [['He said "no."', " Then (so it was.)"], " he"]);
});

test("Chinese and Japanese marks end a sentence without a space", () => {
  equal(sentencesOf("你好。好！半"), [["你好。", "好！"], "半"]);
});

test("a line is a sentence, for lists and headings", () => {
  equal(sentencesOf("# Tides\n- moon\n- su"), [["# Tides\n", "- moon\n"], "- su"]);
});

/** @returns {[Announcer, () => (string | null)[]]} */
function announcer() {
  const log = place("");
  return [new Announcer(log), () => [...log.children].map((line) => line.textContent)];
}

test("a sentence is said once it is whole, with its side", () => {
  const [said, lines] = announcer();
  said.add("Model A", "The sea is ");
  equal(lines(), []);
  said.add("Model A", "salty. It");
  equal(lines(), ["Model A: The sea is salty."]);
});

test("the sentences of two sides do not mix", () => {
  const [said, lines] = announcer();
  said.add("Model A", "One ");
  said.add("Model B", "Two. ");
  said.add("Model A", "half. ");
  equal(lines(), ["Model B: Two.", "Model A: One half."]);
});

test("at the end the rest is said, and how it ended", () => {
  const [said, lines] = announcer();
  said.add("Model A", "Half a sent");
  said.end("Model A", "stopped");
  said.end("Model B", "failed");
  equal(lines(), ["Model A: Half a sent", "Model A: stopped", "Model B: failed"]);
});

test("a side that begins anew says nothing of what it had begun", () => {
  const [said, lines] = announcer();
  said.add("Model A", "Lost ");
  said.forget("Model A");
  said.add("Model A", "Found. ");
  equal(lines(), ["Model A: Found."]);
});

test("empty lines are not said, and the newest thirty lines are kept", () => {
  const [said, lines] = announcer();
  for (let number = 1; number <= 40; number++) said.add("A", `${number}\n\n`);
  equal([lines().length, lines()[0], lines()[29]], [30, "A: 11", "A: 40"]);
});
