import { expect, it } from 'vitest';

import { readCases } from '../cases.js';
import { withTimeSteps } from '../measure/growth.js';
import type { Building } from '../trainyard/building.js';
import { growthFigures, growthMarkdown } from './growth.js';

const machine = { cpu: 'a CPU', cores: 2, memory_gib: 8, kernel: 'Linux', load_average: 0 };
const building = (trace_ms: number, first_run_ms: number, warm_run_ms: number): Building => ({ build_ms: 1, initialize_ms: 50, trace_ms, first_run_ms, warm_run_ms, again_trace_ms: 5, again_first_run_ms: warm_run_ms + 20, nodes: 200 });

it('separates building from computing, and compares within rounds', () => {
  const run = new Map([
    [50, [building(19, 110, 10), building(39, 110, 10)]],
    [800, [building(19, 250, 150), building(43, 270, 150)]],
  ]);
  const figures = growthFigures('lstm_seq', run, machine);
  expect(figures.lengths).toEqual([
    { time_steps: 50, build_and_trace_ms: 30, first_run_extra_ms: 100, total_ms: 130, again_ms: 25, warm_run_ms: 10, nodes: 200 },
    { time_steps: 800, build_and_trace_ms: 32, first_run_extra_ms: 110, total_ms: 142, again_ms: 25, warm_run_ms: 150, nodes: 200 },
  ]);
  expect(figures.ratios).toEqual({ build_and_trace_ms: 1.05, first_run_extra_ms: 1.1, total_ms: 1.086, again_ms: 1 }); // (1 + 1.1) / 2, …
  expect(growthMarkdown(figures)).toContain('| 800 / 50 | **1.05** | **1.10** | **1.09** | **1.00** |  |  |');
});

it('changes the length of a case', async () => {
  const [lstm, mlp] = await readCases(['lstm_seq', 'mlp_binary']);
  const longer = withTimeSteps(lstm!, 400);
  expect(longer.inputs[0]?.shape).toEqual([400]);
  expect(longer.model).toMatchObject({ config: [{ class_name: 'Embedding', config: { batch_input_shape: [null, 400], input_length: 400 } }, {}, {}, {}] });
  expect(lstm!.inputs[0]?.shape).toEqual([80]);
  expect(() => withTimeSteps(mlp!, 400)).toThrow('mlp_binary: expected one input, which an Embedding takes');
});
