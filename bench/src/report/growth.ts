import { mediansOf } from '../measure/build-case.js';
import type { GrowthRun } from '../measure/growth.js';
import type { Machine } from '../measure/machine.js';
import { median } from '../measure/statistics.js';
import type { Building } from '../trainyard/building.js';
import { round, short, table } from './table.js';

/** The suite's entry in the JSON file. */
export interface GrowthFigures {
  readonly case: string;
  readonly lengths: readonly ({ readonly time_steps: number } & Costs & Pick<Building, 'warm_run_ms' | 'nodes'>)[];
  /** The longest sequence's cost / the shortest's: medians over the rounds. 1: it does not grow. */
  readonly ratios: Costs;
  readonly rounds: number;
  readonly machine: Machine;
}

/** What building costs before steps are computed, in milliseconds. */
interface Costs {
  /** The model built and the train step traced. */
  readonly build_and_trace_ms: number;
  /** The step's first run less a warm one: TensorFlow optimizes the graph, and memory is touched for the first time. */
  readonly first_run_extra_ms: number;
  /** Both. */
  readonly total_ms: number;
  /** The step traced again in the same process, and its first run less a warm one: the optimizing alone. */
  readonly again_ms: number;
}

const titles: Readonly<Record<keyof Costs, string>> = {
  build_and_trace_ms: 'built and traced',
  first_run_extra_ms: 'first run, less a warm one',
  total_ms: 'both',
  again_ms: 'both again, in the same process',
};
const costNames = Object.keys(titles) as (keyof Costs)[];

const costsBy = (of: (name: keyof Costs) => number): Costs => Object.fromEntries(costNames.map((name) => [name, round(of(name))])) as unknown as Costs;

export function growthFigures(case_: string, run: GrowthRun, machine: Machine): GrowthFigures {
  const all = [...run];
  const [shortest, longest] = [all[0]?.[1] ?? [], all.at(-1)?.[1] ?? []];
  return {
    case: case_,
    lengths: all.map(([length, buildings]) => {
      const { warm_run_ms, nodes } = mediansOf(buildings);
      const costs = buildings.map(costsOf);
      return { time_steps: length, ...costsBy((name) => median(costs.map((cost) => cost[name]))), warm_run_ms, nodes };
    }),
    ratios: costsBy((name) => median(shortest.map((building, i) => costsOf(longest[i] as Building)[name] / costsOf(building)[name]))),
    rounds: shortest.length,
    machine,
  };
}

function costsOf({ build_ms, trace_ms, first_run_ms, warm_run_ms, again_trace_ms, again_first_run_ms }: Building): Costs {
  const buildAndTrace = build_ms + trace_ms;
  const extra = first_run_ms - warm_run_ms;
  return { build_and_trace_ms: buildAndTrace, first_run_extra_ms: extra, total_ms: buildAndTrace + extra, again_ms: again_trace_ms + again_first_run_ms - warm_run_ms };
}

export function growthMarkdown({ case: name, lengths, ratios, rounds }: GrowthFigures): string {
  const rows = lengths.map(({ time_steps, nodes, warm_run_ms, ...costs }) => [String(time_steps), ...costNames.map((cost) => short(costs[cost])), short(warm_run_ms), String(nodes)]);
  const compared = [`${lengths.at(-1)?.time_steps} / ${lengths[0]?.time_steps}`, ...costNames.map((cost) => `**${ratios[cost].toFixed(2)}**`), '', ''];
  return [
    `### Growth of building with the number of time steps: milliseconds, ${name}, ${rounds} processes each`,
    table(['time steps', ...costNames.map((cost) => titles[cost]), 'a warm run', 'nodes traced'], [...rows, compared]),
  ].join('\n\n');
}
