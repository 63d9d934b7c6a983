/** Lines of a table with the columns aligned: text to the left, columns of numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const columns = header.map((title, i) => {
    const cells = rows.map((row) => row[i] ?? '');
    const numeric = cells.length > 0 && cells.every((cell) => cell === '' || cell === '-' || Number.isFinite(Number(cell)) || cell === 'nan');
    return { width: Math.max(title.length, ...cells.map((cell) => cell.length)), numeric };
  });
  const line = (row: readonly string[]): string =>
    columns
      .map(({ width, numeric }, i) => (numeric ? (row[i] ?? '').padStart(width) : (row[i] ?? '').padEnd(width)))
      .join('  ')
      .trimEnd();
  return [header, ...rows].map(line);
}
