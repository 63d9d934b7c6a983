import { differingArrays } from './checkpoint-content.js';
import type { JobResult, StepRows } from './job-result.js';

/** Where a disturbed job came to something else than the undisturbed one, in words, by what is promised of it. */
export interface Differences {
  readonly weights: readonly string[];
  readonly optimizer: readonly string[];
  readonly history: readonly string[];
  /** Metrics of steps, TensorBoard log, CSV log, the list of checkpoints. */
  readonly records: readonly string[];
}

export function differencesOf(undisturbed: JobResult, disturbed: JobResult): Differences {
  const pairs = undisturbed.checkpoints.map((expected, i) => ({ expected, received: disturbed.checkpoints[i] }));
  const arrays = (which: 'weights' | 'optimizer'): string[] =>
    pairs.flatMap(({ expected, received }) => (received ? differingArrays(expected.content[which], received.content[which]).map((text) => `${expected.filename}: ${text}`) : []));
  return {
    weights: [...differingText('plan', undisturbed.plan, disturbed.plan), ...arrays('weights')],
    optimizer: arrays('optimizer'),
    history: [...differingText('History', undisturbed.history, disturbed.history), ...differingText('stop_reason', String(undisturbed.stopReason), String(disturbed.stopReason))],
    records: [
      ...differingText('checkpoints', listOf(undisturbed), listOf(disturbed)),
      ...faultsOfSteps(undisturbed.steps, disturbed.steps),
      ...differingText('steps of the TensorBoard log', [...disturbed.steps.rows.keys()].join(' '), disturbed.scalarSteps.join(' ')),
      ...differingText('TensorBoard log', undisturbed.scalars.join(' '), disturbed.scalars.join(' ')),
      ...differingText('CSV log', undisturbed.csv ?? '', disturbed.csv ?? ''),
    ],
  };
}

const listOf = ({ checkpoints }: JobResult): string => checkpoints.map(({ filename, epoch, step, kind, labels }) => `${filename} (epoch ${epoch}, step ${step}, ${kind}, ${labels.join(' and ')})`).join(', ');

/** Each step of which a row is due has one, with the metrics of the undisturbed run where that has a row too. */
function faultsOfSteps(undisturbed: StepRows, disturbed: StepRows): string[] {
  const last = Math.max(...undisturbed.rows.keys(), ...disturbed.rows.keys());
  const due = Array.from({ length: Math.floor(last / disturbed.every) }, (_, i) => (i + 1) * disturbed.every);
  const missing = due.filter((step) => !disturbed.rows.has(step));
  const others = [...disturbed.rows.keys()].filter((step) => step % disturbed.every !== 0);
  const wrong = due.filter((step) => undisturbed.rows.has(step) && disturbed.rows.has(step) && undisturbed.rows.get(step) !== disturbed.rows.get(step));
  const say = (what: string, steps: readonly number[]): string[] => (steps.length === 0 ? [] : [`metrics of steps: ${steps.length} ${what}, the first of step ${steps[0]}`]);
  return [...say('missing', missing), ...say('that are not due', others), ...say('with other values', wrong)];
}

/** The place where two texts part, with what is around it. */
export function differingText(what: string, expected: string, received: string): string[] {
  if (expected === received) return [];
  let at = 0;
  while (expected[at] === received[at]) at++;
  const around = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 20), at + 40));
  return [`${what}: expected ${around(expected)}, received ${around(received)} at character ${at}`];
}
