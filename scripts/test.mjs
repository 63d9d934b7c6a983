#!/usr/bin/env node
// `npm test`: sets the clone up, runs every suite, and ends with one line: `N passed, M failed` or `N passed, M failed, K skipped`.
// `npm test -- lint unit` runs the named suites only.
import './lib/check-node.mjs';
import { runMain, SetupError } from './lib/setup-error.mjs';
import { addCounts, noTests, runSuite, summaryLine } from './lib/suites.mjs';
import { suites } from './lib/suite-list.mjs';
import { setup } from './setup.mjs';

/** What all suites together should take at most; on most machines they take less. */
const withinMs = 25 * 60_000;
/** What follows the last long test that has begun, all short ones among it, takes so many times as long as ESLint and what runs beside it: 650 s where they took 109. */
const lastPartsOfLint = 6;

async function main() {
  const startedAt = Date.now();
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) throw new SetupError(`There is no suite ${unknown.join(', ')}; there are ${suites.map((suite) => suite.name).join(', ')}.`);
  await setup();
  const chosen = wanted.length === 0 ? suites : suites.filter((suite) => wanted.includes(suite.name));
  const results = [];
  let lintMs;
  for (const group of inGroups(chosen)) {
    const began = Date.now();
    results.push(...(await runTogether(group.map((suite) => inTime(suite, lintMs)))));
    if (!group.some(({ name }) => name === 'lint')) continue;
    lintMs = Date.now() - began;
    process.env.TRAINYARD_TEST_LONG_UNTIL = String(startedAt + withinMs - lastPartsOfLint * lintMs);
  }
  console.log('');
  for (const { suite, counts } of results) console.log(`${suite.name.padEnd(8)} ${summaryLine(counts)}`);
  const total = results.reduce((sum, { counts }) => addCounts(sum, counts), noTests);
  if (total.failed > 0) process.exitCode = 1;
  console.log(summaryLine(total));
}

/** Where ESLint takes two minutes there is time for all of chaos's trials, which take four and a half; where it takes twice as long, for the first ones. */
function inTime(suite, lintMs) {
  if (suite.name !== 'chaos' || lintMs === undefined) return suite;
  const seconds = Math.round(Math.min(240, Math.max(30, 430 - (1.5 * lintMs) / 1000)));
  return { ...suite, args: [...suite.args, '--within', String(seconds)] };
}

/** Suites that follow each other and may run beside others; what must be alone is a group for itself. */
function inGroups(chosen) {
  const groups = [];
  for (const suite of chosen) {
    const last = groups.at(-1);
    if (last && !suite.alone && !last[0].alone) last.push(suite);
    else groups.push([suite]);
  }
  return groups;
}

/** Two at a time, each of which keeps a processor busy. What one of several says is shown when it has ended. */
async function runTogether(group) {
  if (group.length === 1) return [{ suite: group[0], counts: await runSuite(group[0]) }];
  const results = new Array(group.length);
  const left = group.entries();
  const lane = async () => {
    for (const [i, suite] of left) {
      const said = [];
      results[i] = { suite, counts: await runSuite(suite, (text) => said.push(text)) };
      process.stdout.write(said.join(''));
    }
  };
  await Promise.all([lane(), lane()]);
  return results;
}

await runMain(async () => {
  try {
    await main();
  } catch (error) {
    // A set-up that fails is a failed test too: whoever reads only the last line must see it.
    console.error(error instanceof SetupError ? error.message : error);
    console.log(summaryLine({ ...noTests, failed: 1 }));
    process.exitCode = 1;
  }
});
