/**
 * What to do about each error, by its code, out of docs/errors.md.
 *
 * @param document the text of that file: a section `## \`code\`` for each code, with a paragraph "What to do: …"
 */
export function readRemedies(document: string): ReadonlyMap<string, string> {
  const remedies = new Map<string, string>();
  for (const section of document.split(/^## /m).slice(1)) {
    const code = /^`(\w+)`/.exec(section)?.[1];
    const remedy = /^What to do: (.+)$/m.exec(section)?.[1];
    if (code !== undefined && remedy !== undefined) remedies.set(code, remedy);
  }
  return remedies;
}
