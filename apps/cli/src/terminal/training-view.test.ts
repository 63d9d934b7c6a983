import type { JobEvent, Metrics, Progress } from '@trainyard/protocol';
import { describe, expect, it } from 'vitest';
import { TrainingView } from './training-view.js';
import type { Output } from './output.js';

const jobId = 'job_01J9Z3NDEKTSV4RRFFQ69G5FAV';

function recorder(isTerminal: boolean, columns = 120): Output & { text: string } {
  return {
    isTerminal,
    columns,
    text: '',
    write(text) {
      this.text += text;
    },
  };
}

/** A job's progress, in the first of two epochs of 45 steps if nothing else is said. */
const progress = (given: Partial<Progress>): Progress => ({ epoch: 0, epochs: 2, step: 0, steps_per_epoch: 45, fraction: 0, eta_s: null, ...given });

/** A view that is told of progress in short. */
function viewOn(output: Output, now: () => number = () => 0): TrainingView & { step: (given: Partial<Progress>, metrics?: Metrics) => void } {
  const view = new TrainingView(output, 2, now);
  return Object.assign(view, { step: (given: Partial<Progress>, metrics: Metrics = {}) => view.showProgress(progress(given), metrics) });
}

let seq = 0;
const event = <T extends JobEvent['type']>(type: T, data: Extract<JobEvent, { type: T }>['data'], options: { attempt?: number; second?: number } = {}): JobEvent =>
  ({ object: 'event', job: jobId, seq: ++seq, attempt: options.attempt ?? 1, created_at: new Date(1000 * (options.second ?? 0)).toISOString(), type, data }) as JobEvent;

/** What a terminal shows in the end: a carriage return with an erase goes back to the line's start. */
const screen = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.split('\r\u001b[2K').at(-1) ?? '')
    .filter((line) => line !== '');

describe('the view of a training', () => {
  it('looks like Keras on a terminal', () => {
    let now = 0;
    const output = recorder(true);
    const view = viewOn(output, () => now);
    view.showQueued(2);
    expect(screen(output.text)).toEqual(['queued (2 before it)']);
    view.showEvent(event('status', { status: 'running', previous: 'queued' }));
    expect(screen(output.text)).toEqual(['starting ...']);
    view.showEvent(event('phase', { phase: 'loading_data' }));
    expect(screen(output.text)).toEqual(['loading data ...']);
    view.showEvent(event('phase', { phase: 'training' }, { second: 10 }));
    view.step({ step: 1 }, { loss: 0.5 });
    now = 1200;
    view.step({ step: 12 }, { loss: 0.31, acc: 0.88 });
    expect(screen(output.text)).toEqual(['Epoch 1/2', '12/45 [=======>......................] - ETA: 3s - loss: 0.3100 - acc: 0.8800']);
    now = 4000;
    view.showEvent(event('phase', { phase: 'validating' }));
    expect(screen(output.text).at(-1)).toBe('45/45 [==============================] - validating ...');
    view.showEvent(event('metrics', { epoch: 0, step: 45, metrics: { loss: 0.3, acc: 0.9, val_loss: 0.28 } }, { second: 14 }));
    view.step({ epoch: 1, step: 50 }, { loss: 0.2, val_loss: 0.28 });
    view.showEvent(event('metrics', { epoch: 1, step: 90, metrics: { loss: 'NaN' } }, { second: 80 }));
    view.step({ epoch: 2, step: 90 });
    view.close();
    expect(screen(output.text)).toEqual([
      'Epoch 1/2',
      '45/45 [==============================] - 4s - loss: 0.3000 - acc: 0.9000 - val_loss: 0.2800',
      'Epoch 2/2',
      '45/45 [==============================] - 1:06 - loss: nan',
    ]);
  });

  it('does not show the next epoch’s steps before this one’s end was told', () => {
    const output = recorder(true);
    const view = viewOn(output);
    view.step({ step: 44 }, { loss: 1 });
    view.step({ epoch: 1, step: 46 }, { loss: 2 });
    expect(screen(output.text)).toEqual(['Epoch 1/2', '44/45 [============================>.] - ETA: 0s - loss: 1.0000']);
  });

  it('leaves out the previous epoch’s validation while an epoch runs', () => {
    const output = recorder(true);
    const view = viewOn(output);
    view.step({ step: 1 }, { loss: 1, val_loss: 3 });
    expect(output.text).not.toContain('val_loss');
  });

  it('adds lines only, and draws nothing again, where there is no terminal', () => {
    const output = recorder(false);
    const view = viewOn(output);
    view.step({ step: 1 }, { loss: 0.5 });
    view.step({ step: 9 }, { loss: 0.5 });
    view.showEvent(event('log', { level: 'warning', message: 'nb_epoch is the name of Keras 1' }));
    view.showEvent(event('log', { level: 'info', message: 'not shown' }));
    view.showEvent(event('metrics', { epoch: 0, step: 45, metrics: { loss: 0.25 } }));
    view.close();
    expect(output.text).toBe('Epoch 1/2\nwarning: nb_epoch is the name of Keras 1\n45/45 [==============================] - 0s - loss: 0.2500\n');
  });

  it('numbers an epoch that ended before any progress was told', () => {
    const output = recorder(false);
    viewOn(output).showEvent(event('metrics', { epoch: 0, step: 45, metrics: { loss: 0.25 } }));
    expect(output.text).toBe('Epoch 1/2\n45/45 [==============================] - 0s - loss: 0.2500\n');
  });

  it('says where another attempt goes on, and counts from there', () => {
    const output = recorder(true);
    const view = viewOn(output);
    view.step({ step: 40 }, { loss: 0.5 });
    view.showEvent(event('status', { status: 'queued', previous: 'running', reason: 'worker lost' }));
    expect(screen(output.text)).toEqual(['Epoch 1/2', 'Queued again: worker lost', 'queued']);
    view.showEvent(event('rewound', { step: 0, epoch: 0 }, { attempt: 2 }));
    view.step({ step: 2 }, { loss: 0.6 });
    expect(screen(output.text)).toEqual([
      'Epoch 1/2',
      'Queued again: worker lost',
      'Attempt 2 goes on from step 0 (epoch 1)',
      'Epoch 1/2',
      ' 2/45 [>.............................] - ETA: 0s - loss: 0.6000',
    ]);
  });

  it('cuts a line at the terminal’s width', () => {
    const output = recorder(true, 40);
    viewOn(output).step({ step: 12 }, { loss: 0.31 });
    expect(screen(output.text).at(-1)).toBe('12/45 [=======>......................] '.slice(0, 39));
  });

  it('counts steps where their number is not known', () => {
    const output = recorder(true);
    const view = viewOn(output);
    view.step({ step: 12, steps_per_epoch: null }, { loss: 0.31 });
    expect(screen(output.text).at(-1)).toBe('12 steps - loss: 0.3100');
    view.showEvent(event('metrics', { epoch: 0, step: 20, metrics: { loss: 0.25 } }));
    expect(screen(output.text).at(-1)).toBe('20/20 [==============================] - 0s - loss: 0.2500');
  });
});
