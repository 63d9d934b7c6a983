import { kerasNumber } from './keras-bar.js';

/** Values over epochs, drawn with a mark of its own. */
export interface PlottedSeries {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Of the first series, the second, and so on; where several meet, the first is seen. */
const marks = '•o+x*#%@';
const height = 12;
const mostColumns = 72;
const axisWidth = 12;

/** Series in one frame, as lines of text; points that lie apart are joined by dots. Empty where there is nothing to draw. */
export function plot(title: string, series: readonly PlottedSeries[], columns: number): string[] {
  const drawn = series.map(({ label, points }) => ({ label, points: points.filter(([, y]) => Number.isFinite(y)) })).filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return [];
  const width = Math.max(20, Math.min(mostColumns, columns - axisWidth - 2));
  const all = drawn.flatMap(({ points }) => points);
  const x = scale(all.map(([value]) => value), width - 1);
  const y = scale(all.map(([, value]) => value), height - 1);
  const grid = Array.from({ length: height }, () => Array<string>(width).fill(' '));
  const set = (column: number, row: number, mark: string, over: boolean): void => {
    const line = grid[height - 1 - row];
    if (line && (over || line[column] === ' ')) line[column] = mark;
  };
  for (const { points } of drawn) for (const [column, row] of between(points.map(([a, b]) => [x.at(a), y.at(b)] as const))) set(column, row, '·', false);
  for (const [i, { points }] of [...drawn.entries()].reverse()) for (const [a, b] of points) set(x.at(a), y.at(b), marks[i % marks.length] ?? '•', true);
  const tick = (row: number): string => ([height - 1, Math.floor((height - 1) / 2), 0].includes(row) ? kerasNumber(y.valueAt(row)) : '').padStart(axisWidth - 1);
  const legend = drawn.length === 1 && drawn[0]?.label === title ? title : `${title}: ${drawn.map(({ label }, i) => `${marks[i % marks.length]} ${label}`).join('  ')}`;
  const foot = `${String(x.least)}${String(x.most).padStart(Math.max(1, width - String(x.least).length))}`;
  return [legend, ...grid.map((line, i) => `${tick(height - 1 - i)} │${line.join('')}`.trimEnd()), `${' '.repeat(axisWidth)}└${'─'.repeat(width)}`, `${' '.repeat(axisWidth + 1)}${foot}`];
}

interface Scale {
  readonly least: number;
  readonly most: number;
  readonly at: (value: number) => number;
  readonly valueAt: (place: number) => number;
}

function scale(values: readonly number[], last: number): Scale {
  const [least, most] = values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
  const range = most - least;
  return { least, most, at: (value) => (range === 0 ? 0 : Math.round(((value - least) / range) * last)), valueAt: (place) => least + (range * place) / last };
}

/** The cells of straight lines from each to the next. */
function* between(cells: readonly (readonly [number, number])[]): Generator<[number, number]> {
  for (let i = 1; i < cells.length; i++) {
    const [fromColumn, fromRow] = cells[i - 1] ?? [0, 0];
    const [toColumn, toRow] = cells[i] ?? [0, 0];
    const steps = Math.max(Math.abs(toColumn - fromColumn), Math.abs(toRow - fromRow));
    for (let step = 1; step < steps; step++) yield [Math.round(fromColumn + ((toColumn - fromColumn) * step) / steps), Math.round(fromRow + ((toRow - fromRow) * step) / steps)];
  }
}
