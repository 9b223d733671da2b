/** Cases that a page runs one after the other, each with an empty body to put its own elements into. */

const MAX_MS = 5000;
/** @type {{name: string, body: () => unknown}[]} */
const cases = [];

/**
 * @param {string} name a sentence; the test of that name is in test_scripts.py
 * @param {() => unknown} body throws, or returns a promise that is rejected, where the sentence is not true
 */
export function test(name, body) {
  cases.push({ name, body });
}

/**
 * What became of each case so far: its name, and what was wrong, empty where nothing was.
 * @returns {Promise<[string, string][]>}
 */
export async function outcomes() {
  /** @type {[string, string][]} */
  const found = [];
  for (const { name, body } of cases.splice(0)) {
    document.body.replaceChildren();
    try {
      await Promise.race([body(), tooLong()]);
      found.push([name, ""]);
    } catch (error) {
      found.push([name, String(error)]);
    }
  }
  return found;
}

/** A case that waits for what never comes is wrong too. */
function tooLong() {
  return new Promise((_, reject) => setTimeout(reject, MAX_MS, `not within ${MAX_MS} ms`));
}

/**
 * @param {unknown} actual
 * @param {unknown} expected equal as JSON
 */
export function equal(actual, expected) {
  const [got, wanted] = [actual, expected].map((value) => JSON.stringify(value) ?? String(value));
  if (got !== wanted) throw new Error(`${got} is not ${wanted}`);
}

/**
 * The message of the error.
 * @param {() => unknown} body
 */
export function errorOf(body) {
  try {
    body();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("there was no error");
}

/**
 * An element of the page that holds this.
 * @param {string} html
 */
export function place(html) {
  const page = document.createElement("main");
  page.innerHTML = html;
  document.body.append(page);
  return page;
}

/**
 * Whether the key was taken: nothing else of the page or the browser does something with it.
 * @param {Element} target
 * @param {string} key
 * @param {KeyboardEventInit} [how]
 */
export function press(target, key, how) {
  return !target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...how }));
}
