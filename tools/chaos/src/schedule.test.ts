import { expect, it } from 'vitest';
import { parseOptions, UsageError } from './options.js';
import { scheduleOf } from './schedule.js';
import { trials } from './trials/registry.js';

it('runs every trial once, alone in a full run', () => {
  for (const short of [true, false]) expect(new Set(scheduleOf(trials, short).flat(2))).toEqual(new Set(trials));
  expect(scheduleOf(trials, false).every((part) => part.length === 1 && part[0]?.length === 1)).toBe(true);
});

it('never runs anything beside a trial that measures milliseconds', () => {
  for (const part of scheduleOf(trials, true)) if (part.flat().some(({ load }) => load === 'exact')) expect(part.flat()).toHaveLength(1);
});

const known = { full: ['a', 'b'], short: ['a'] };

it('options: all trials, or those that are named', () => {
  expect(parseOptions([], known, 3)).toMatchObject({ trials: ['a', 'b'], short: false, seed: 3 });
  expect(parseOptions(['--short'], known, 3).trials).toEqual(['a']);
  expect(parseOptions(['--trial', 'b', '--short', '--json', 'x.json', '--seed', '9', '--within', '240'], known, 3)).toMatchObject({ trials: ['b'], short: true, within: 240, json: 'x.json', seed: 9 });
  for (const wrong of [['--trial', 'c'], ['--seed', 'x'], ['--within', 'soon'], ['--fast'], ['a']]) expect(() => parseOptions(wrong, known, 3)).toThrow(UsageError);
});
