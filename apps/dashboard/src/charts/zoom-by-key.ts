import type { Zoom } from './chart.js';

type Range = readonly [from: number, to: number];

/** The keys of a chart that has the focus, as `aria-keyshortcuts` names them. */
export const zoomKeys = '+ - ArrowLeft ArrowRight 0';

/**
 * What a key does to what is shown of the x axis: `+` shows the middle half, `-` twice as much, the arrows move by a quarter, `0` shows all.
 *
 * @param all of what there is
 * @returns undefined for a key that does nothing here
 */
export function zoomByKey(key: string, shown: Range, all: Range): { readonly zoom: Zoom } | undefined {
  const [from, to] = shown;
  const width = to - from;
  switch (key) {
    case '+':
    case '=': // the same key, without Shift
      return width > 0 ? { zoom: [from + width / 4, to - width / 4] } : undefined;
    case '-':
      return { zoom: within([from - width / 2, to + width / 2], all) };
    case 'ArrowLeft':
      return { zoom: moved(shown, -width / 4, all) };
    case 'ArrowRight':
      return { zoom: moved(shown, width / 4, all) };
    case '0':
      return { zoom: undefined };
    default:
      return undefined;
  }
}

function within([from, to]: Range, [first, last]: Range): Zoom {
  return from <= first && to >= last ? undefined : [Math.max(from, first), Math.min(to, last)];
}

/** Not beyond the ends, and as wide as before. */
function moved([from, to]: Range, by: number, all: Range): Zoom {
  const possible = Math.min(Math.max(by, all[0] - from), all[1] - to);
  return within([from + possible, to + possible], all);
}
