import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { machineText, table, type Machine } from '@trainyard/bench/tools';
import { verdictOf } from '../promises.js';
import type { TrialResult } from '../run-trial.js';
import { checksText } from './text.js';

const page = path.resolve(import.meta.dirname, '../../../../docs/reliability.md');

export interface RunDetails {
  readonly machine: Machine;
  /** `2026-01-31` */
  readonly date: string;
  readonly seed: number;
}

/** Writes what trials have found into the page, each between the marks of its own. @throws Error when the page lacks them */
export async function writePage(results: readonly TrialResult[], details: RunDetails, file = page): Promise<void> {
  let text = await readFile(file, 'utf8');
  for (const result of results) text = replaceSection(text, result.name, sectionOf(result, details));
  await writeFile(file, text);
}

/** Puts `content` between the marks `<!-- name -->` and `<!-- /name -->`. */
export function replaceSection(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`expected the marks ${begin} and ${end} in the page, found none`);
  return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`;
}

function sectionOf({ count, seconds, promises, figures }: TrialResult, { machine, date, seed }: RunDetails): string {
  const verdicts = table(['promise', 'checked', ''], promises.map((result) => [result.promise, checksText(result).replace(/^checked /, ''), verdictOf(result)]));
  const breaches = promises.flatMap(({ promise, breaches: all }) => all.slice(0, 3).map(({ seen, where }) => `- Broken: ${promise}. Seen: ${seen}. Where: ${where}.`));
  const measured = figures.length > 0 ? [table(['measured', ''], figures.map(({ name, value }) => [name, value]))] : [];
  return [`${machineText(machine, date)} ${count} times in ${seconds} s, seed ${seed}.`, verdicts, ...(breaches.length > 0 ? [breaches.join('\n')] : []), ...measured].join('\n\n');
}
