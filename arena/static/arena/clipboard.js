/**
 * Copy a text; whether it worked. Browsers give pages without TLS no clipboard: then `select` marks the text on the page.
 * @param {string} text
 * @param {() => void} select
 */
export async function copy(text, select) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    select();
    return document.execCommand("copy");
  }
}
