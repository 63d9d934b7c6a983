import type { FillMode } from '@trainyard/protocol';

/**
 * Which of `length` pixels of an axis is at a place outside of them, by the rules of scipy's `ndimage`; -1 where none is.
 * @param at less than 0 or more than `length - 1`
 */
export function pixelOutside(mode: FillMode, at: number, length: number): number {
  switch (mode) {
    case 'constant':
      return -1;
    case 'nearest':
      return at < 0 ? 0 : length - 1;
    case 'reflect':
      return reflected(at, length);
    case 'wrap':
      return wrapped(at, length);
  }
}

/** `abcddcba|abcd|dcbaabcd`: the pixels at the edges stand twice. */
function reflected(at: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * length;
  let inside = at;
  if (at < 0) {
    if (inside < -period) inside += period * Math.trunc(-inside / period);
    inside = inside < -length ? inside + period : -inside - 1;
  } else {
    inside -= period * Math.trunc(inside / period);
    if (inside >= length) inside = period - inside - 1;
  }
  const pixel = Math.floor(inside + 0.5);
  return pixel < 0 ? -pixel - 1 : pixel >= length ? period - 1 - pixel : pixel;
}

/** The period is one less than the pixels: the first and the last of them are taken for the same place. */
function wrapped(at: number, length: number): number {
  if (length === 1) return 0;
  const period = length - 1;
  const inside = at < 0 ? at + period * (Math.trunc(-at / period) + 1) : at - period * Math.trunc(at / period);
  return Math.floor(inside + 0.5);
}
