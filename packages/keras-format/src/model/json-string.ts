/**
 * The index of the closing quote of the string whose opening quote is at `start`; the text's length where it has none.
 * Looks for quotes only, so that a long string (a Lambda's code, a vocabulary) costs one search.
 */
export function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}
