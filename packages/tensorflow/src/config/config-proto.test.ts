import koffi from 'koffi';
import { afterAll, describe, expect, it } from 'vitest';

import { EagerContext } from '../eager/eager-context.js';
import { Graph } from '../graph/graph.js';
import { readBuffer } from '../library/buffer.js';
import { findLibrary } from '../library/find-library.js';
import type { Pointer } from '../library/native.js';
import { loadTensorFlow } from '../library/tensorflow.js';
import { readFields, type ProtoField } from '../protobuf/reader.js';
import { RunPlan } from '../session/run-plan.js';
import { RunSlot } from '../session/run-slot.js';
import { Session } from '../session/session.js';
import { encodeConfig, type TensorFlowConfig } from './config-proto.js';

const tensorflow = loadTensorFlow(findLibrary(process.env));
const { api, native } = tensorflow;

const config: TensorFlowConfig = {
  deviceCount: { CPU: 2 },
  intraOpParallelismThreads: 2,
  interOpParallelismThreads: 3,
  gpu: { perProcessGpuMemoryFraction: 0.3, allowGrowth: true, visibleDeviceList: '0' },
  allowSoftPlacement: true,
  graph: { globalJitLevel: 'off' },
};

/** An op of this test's own: its kernel asks TensorFlow for the ConfigProto that it runs under (TF_GetSerializedConfigProto). */
const OP = 'TrainyardReadConfig';
let held: Uint8Array | undefined;

function registerConfigReader(): Pointer {
  const symbol = (name: string) => koffi.load(tensorflow.path).symbol(name) as Pointer;
  const declare = native.declare;
  const builder = declare<(name: string) => Pointer>('void* TF_NewOpDefinitionBuilder(const char*)')(OP);
  declare<(builder: Pointer, on: boolean) => void>('void TF_OpDefinitionBuilderSetIsStateful(void*, bool)')(builder, true);
  declare<(builder: Pointer, shape: Pointer) => void>('void TF_OpDefinitionBuilderSetShapeInferenceFunction(void*, void*)')(
    builder,
    symbol('TF_ShapeInferenceContextSetUnknownShape'),
  );
  const registerOp = declare<(builder: Pointer, status: Pointer) => void>('void TF_RegisterOpDefinition(void*, void*)');
  tensorflow.checked('op', (status) => registerOp(builder, status));

  const getConfig = declare<(context: Pointer, buffer: Pointer, status: Pointer) => void>('void TF_GetSerializedConfigProto(void*, void*, void*)');
  const compute = koffi.register((_kernel: Pointer, context: Pointer) => {
    const buffer = api.newBuffer();
    const status = api.newStatus();
    getConfig(context, buffer, status);
    if (api.getCode(status) === 0) held = readBuffer(tensorflow, buffer);
    api.deleteStatus(status);
  }, koffi.pointer(koffi.proto('void TrainyardCompute(void* kernel, void* context)')));
  const newKernel = declare<(op: string, device: string, create: null, compute: Pointer, remove: null) => Pointer>(
    'void* TF_NewKernelBuilder(const char*, const char*, void*, void*, void*)',
  );
  const registerKernel = declare<(op: string, builder: Pointer, status: Pointer) => void>('void TF_RegisterKernelBuilder(const char*, void*, void*)');
  tensorflow.checked('kernel', (status) => registerKernel(OP, newKernel(OP, 'CPU', null, compute, null), status));
  return compute;
}

const callback = registerConfigReader();
afterAll(() => koffi.unregister(callback));

/** What a session that was made with `config` holds while it runs. */
async function heldBySession(config: TensorFlowConfig): Promise<Uint8Array | undefined> {
  held = undefined;
  const graph = new Graph(tensorflow);
  const { pointer } = graph.add({ type: OP, name: 'read' });
  const session = new Session(tensorflow, graph, config);
  const plan = new RunPlan(tensorflow, [], [], [pointer]);
  const slot = new RunSlot(tensorflow, plan);
  await new Promise<void>((resolve, reject) => session.run(plan, slot, {}, (error) => (error ? reject(error) : resolve())));
  tensorflow.check('reading the config', slot.status);
  for (const owner of [slot, plan, session, graph]) owner.dispose();
  return held;
}

/** What an eager context that was made with `config` holds while an op runs. */
function heldByContext(config: TensorFlowConfig): Uint8Array | undefined {
  held = undefined;
  const context = new EagerContext(tensorflow, config);
  const op = tensorflow.created(OP, (status) => api.newOp(context.pointer, OP, status));
  tensorflow.checked(OP, (status) => api.execute(op, new BigUint64Array(1), Int32Array.of(0), status));
  api.deleteOp(op);
  context.dispose();
  return held;
}

function field(bytes: Uint8Array | undefined, ...path: number[]): ProtoField['value'] | undefined {
  let value: ProtoField['value'] | undefined = bytes;
  for (const number of path) value = value instanceof Uint8Array ? [...readFields(value)].find((candidate) => candidate.number === number)?.value : undefined;
  return value;
}

const EXPERIMENTAL = 16;
/** Without what TensorFlow adds of its own. */
function ours(bytes: Uint8Array | undefined): ProtoField[] {
  return [...readFields(bytes ?? new Uint8Array())].filter(({ number }) => number !== EXPERIMENTAL);
}

describe.each([
  ['a session', heldBySession],
  ['an eager context', async (config: TensorFlowConfig) => heldByContext(config)],
])('%s', (_name, heldBy) => {
  it('holds the ConfigProto that it was given, as TensorFlow itself serialises it', async () => {
    expect(ours(await heldBy(config))).toEqual([...readFields(encodeConfig(config))]);
  });

  it('holds per_process_gpu_memory_fraction and allow_growth', async () => {
    const bytes = await heldBy({ gpu: { perProcessGpuMemoryFraction: 0.25, allowGrowth: true } });
    expect(field(bytes, 6, 1)).toEqual(new Uint8Array(Float64Array.of(0.25).buffer));
    expect(field(bytes, 6, 4)).toBe(1);
  });

  it('holds nothing that was not asked for', async () => {
    expect(ours(await heldBy({}))).toEqual([]);
  });
});

describe('the devices', () => {
  it('are those that the config allows', () => {
    const graph = new Graph(tensorflow);
    const session = new Session(tensorflow, graph, { deviceCount: { CPU: 3 } });
    const context = new EagerContext(tensorflow, { deviceCount: { CPU: 2 } });
    expect(session.devices().filter((device) => device.type === 'CPU').map((device) => device.name)).toEqual(
      [0, 1, 2].map((index) => `/job:localhost/replica:0/task:0/device:CPU:${index}`),
    );
    expect(context.devices.filter((device) => device.type === 'CPU')).toHaveLength(2);
    for (const owner of [session, context, graph]) owner.dispose();
  });
});

describe('the bytes', () => {
  it('are parsed by TensorFlow, which refuses what is none of a ConfigProto', () => {
    const options = api.newSessionOptions();
    const garbage = Uint8Array.of(0xff, 0xff, 0xff);
    expect(() => tensorflow.checked('config', (status) => api.setConfig(options, garbage, garbage.length, status))).toThrow('config: Unparseable ConfigProto');
    api.deleteSessionOptions(options);
  });

  it('refuse a fraction or a number of threads that cannot be', () => {
    expect(() => encodeConfig({ gpu: { perProcessGpuMemoryFraction: 1.5 } })).toThrow('gpu.perProcessGpuMemoryFraction: expected a number in (0, 1], received 1.5');
    expect(() => encodeConfig({ gpu: { perProcessGpuMemoryFraction: 0 } })).toThrow('received 0');
    expect(() => encodeConfig({ interOpParallelismThreads: 1.5 })).toThrow('interOpParallelismThreads: expected a whole number');
  });
});
