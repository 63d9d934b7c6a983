import { type H5Action, h5Actions, type H5Run } from '../h5/time-h5.js';
import type { Machine } from '../measure/machine.js';
import { ratioOf } from '../measure/pairing.js';
import { median } from '../measure/statistics.js';
import { round, short, table } from './table.js';

/** The suite's entry in the JSON file. */
export interface H5Figures {
  readonly files: readonly ({ readonly mib: number; readonly bytes: number } & Readonly<Record<H5Action, ActionFigures>>)[];
  readonly repeats: number;
  readonly machine: Machine;
}

interface ActionFigures {
  readonly ours_ms: number;
  readonly peer: string;
  readonly peer_ms: number;
  /** Peer's time / ours, the median of the pairs' ratios: above 1 where ours is faster. */
  readonly ratio: number;
}

const peers: Readonly<Record<H5Action, string>> = { write: 'h5py', read: 'h5py', save: 'Keras 2.0.8', load: 'Keras 2.0.8' };
const titles: Readonly<Record<H5Action, string>> = { write: 'weights written', read: 'weights read', save: 'model saved', load: 'model loaded' };

export function h5Figures(runs: readonly H5Run[], repeats: number, machine: Machine): H5Figures {
  const figuresOf = ({ pairs }: H5Run): Record<H5Action, ActionFigures> =>
    Object.fromEntries(
      h5Actions.map((action) => {
        const of = pairs[action];
        const ms = (side: 'ours' | 'peer'): number => round(median(of.map((pair) => pair[side])));
        return [action, { ours_ms: ms('ours'), peer: peers[action], peer_ms: ms('peer'), ratio: round(ratioOf(of)) }];
      }),
    ) as Record<H5Action, ActionFigures>;
  return { files: runs.map((run) => ({ mib: run.mib, bytes: run.bytes, ...figuresOf(run) })), repeats, machine };
}

export function h5Markdown({ files, repeats }: H5Figures): string {
  const rows = files.flatMap((file) =>
    h5Actions.map((action) => {
      const { ours_ms, peer, peer_ms, ratio } = file[action];
      return [`${titles[action]}, ${file.mib} MiB`, short(ours_ms), peer, short(peer_ms), `**${ratio.toFixed(2)}**`];
    }),
  );
  return [`### Files of .h5: milliseconds, ${repeats} pairs`, table(['', 'Trainyard', 'beside', 'ms', 'it / Trainyard'], rows)].join('\n\n');
}
