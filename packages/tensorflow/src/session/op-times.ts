import { readFields, textOf, type ProtoField } from '../protobuf/reader.js';

/** One op of a run that was profiled. */
export interface OpTime {
  /** Its node; a loop's body is there once for each turn. */
  readonly name: string;
  /** `MatMul`, `_FusedConv2D`, …: as the graph's optimizer left it. */
  readonly type: string;
  readonly device: string;
  /** From the start of the run, in microseconds. */
  readonly start: number;
  /** Of its kernel, in microseconds. */
  readonly duration: number;
}

// RunMetadata (config.proto), StepStats, DeviceStepStats and NodeExecStats (step_stats.proto).
const METADATA_STEP_STATS = 1;
const STATS_DEVICE = 1;
const DEVICE_NAME = 1;
const DEVICE_NODE = 2;
const NODE = { name: 1, start: 2, kernelStart: 3, kernelEnd: 4, label: 8 } as const;

/** The times of the ops that a RunMetadata holds, by their start. */
export function readOpTimes(metadata: Uint8Array): OpTime[] {
  const times: (Omit<OpTime, 'start'> & { readonly at: number })[] = [];
  for (const stats of messages(metadata, METADATA_STEP_STATS))
    for (const device of messages(stats, STATS_DEVICE)) {
      const name = [...readFields(device)].find(({ number }) => number === DEVICE_NAME);
      for (const node of messages(device, DEVICE_NODE)) times.push(readNode(node, name ? textOf(name) : ''));
    }
  const first = Math.min(...times.map(({ at }) => at));
  return times.map(({ at, ...time }) => ({ ...time, start: at - first })).sort((a, b) => a.start - b.start);
}

function readNode(node: Uint8Array, device: string): Omit<OpTime, 'start'> & { at: number } {
  const fields = new Map([...readFields(node)].map((field): [number, ProtoField] => [field.number, field]));
  const number = (field: number): number => Number(fields.get(field)?.value ?? 0);
  const text = (field: number): string => {
    const found = fields.get(field);
    return found ? textOf(found) : '';
  };
  // The label reads `name = Type(inputs)`.
  const type = /= (\w+)\(/.exec(text(NODE.label))?.[1] ?? '';
  return { name: text(NODE.name), type, device, at: number(NODE.start) + number(NODE.kernelStart), duration: number(NODE.kernelEnd) - number(NODE.kernelStart) };
}

function* messages(bytes: Uint8Array, number: number): Generator<Uint8Array> {
  for (const field of readFields(bytes)) if (field.number === number && typeof field.value !== 'number') yield field.value;
}
