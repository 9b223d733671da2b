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

/**
 * Copy a text that is yet to come; whether it worked. A browser that lets a page copy only at a press is given the promise
 * of it; without a clipboard the text is marked in a field that goes again.
 * @param {Promise<string>} coming
 */
export async function copyComing(coming) {
  try {
    const blob = coming.then((text) => new Blob([text], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    return true;
  } catch {
    const text = await coming.catch(() => null);
    return text !== null && copyFromField(text);
  }
}

/** @param {string} text */
function copyFromField(text) {
  const field = document.createElement("textarea");
  field.className = "visually-hidden";
  field.value = text;
  const focused = document.activeElement;
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return isCopied;
}
