import { verdictOf, type PromiseResult } from '../promises.js';
import type { TrialResult } from '../run-trial.js';

const shownBreaches = 5;

/** A trial for a terminal: each promise with what became of it, then what was measured. */
export function trialText({ name, title, count, seconds, promises, figures }: TrialResult): string {
  const lines = [`${name} (${count} times, ${seconds} s): ${title}`];
  for (const result of promises) lines.push(`  ${verdictOf(result).toUpperCase().padEnd(8)}${result.promise} (${checksText(result)})`, ...breachLines(result));
  for (const figure of figures) lines.push(`          ${figure.name}: ${figure.value}`);
  return lines.join('\n');
}

/** `checked 100 times, broken 2 times` */
export function checksText({ checks, breaches, skipped }: PromiseResult): string {
  if (skipped !== undefined) return skipped;
  if (checks === 0) return 'never checked';
  return breaches.length === 0 ? `checked ${checks} times` : `checked ${checks} times, broken ${breaches.length} times`;
}

function breachLines({ breaches }: PromiseResult): string[] {
  const lines = breaches.slice(0, shownBreaches).flatMap(({ seen, where }) => [`            seen: ${seen}`, `            where: ${where}`]);
  return breaches.length > shownBreaches ? [...lines, `            … and ${breaches.length - shownBreaches} more`] : lines;
}

/** The last line: `31 passed, 0 failed`, a promise each, and `, 1 skipped` where some are. */
export function summaryText(results: readonly TrialResult[]): string {
  const verdicts = results.flatMap(({ promises }) => promises.map(verdictOf));
  const number = (verdict: string): number => verdicts.filter((one) => one === verdict).length;
  return `${number('kept')} passed, ${number('broken')} failed${number('skipped') > 0 ? `, ${number('skipped')} skipped` : ''}`;
}
