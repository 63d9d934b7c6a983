// What tensors cost on their way to a model: as JSON and as bytes, by the Open Inference Protocol and by TensorFlow Serving's.
// The model does next to nothing: it averages 32 images of 224 × 224 × 3.
//   npm start, and then: eval "$(npx trainyard env)"; node bench/binary-tensors.mjs
import { Client } from '@trainyard/client';
import { buildModel, toLayerWeights, weightRefs } from '@trainyard/engine';
import { parseModel, writeModelConfig, writeModelFile } from '@trainyard/keras-format';
import { allocate, sizeOf } from '@trainyard/ndarray';

const ROUNDS = 5;
const NAME = 'bench-binary-tensors';
const shape = [32, 224, 224, 3];
const { TRAINYARD_URL: url = 'http://127.0.0.1:8000', TRAINYARD_API_KEY: apiKey } = process.env;
const client = new Client({ url, ...(apiKey && { apiKey }) });

/** A model's file whose weights are all zero. */
async function modelFile() {
  const config = [
    { class_name: 'GlobalAveragePooling2D', config: { name: 'pool', batch_input_shape: [null, ...shape.slice(1)] } },
    { class_name: 'Dense', config: { name: 'dense', units: 1 } },
  ];
  const description = parseModel({ class_name: 'Sequential', keras_version: '2.0.8', backend: 'tensorflow', config });
  const model = buildModel(description);
  const zeros = weightRefs(model).map(({ spec }) => ({ dtype: 'float32', shape: spec.shape, data: allocate('float32', sizeOf(spec.shape)) }));
  return writeModelFile({ kerasVersion: '2.0.8', backend: 'tensorflow', modelConfig: writeModelConfig(description), layers: toLayerWeights(model, zeros), optimizerWeights: [] });
}

const nested = (values, [length, ...rest], at = 0) =>
  length === undefined ? values[at] : Array.from({ length }, (_, i) => nested(values, rest, at + i * sizeOf(rest)));

async function post(path, body) {
  const response = await fetch(new URL(path, url), { method: 'POST', body, headers: { ...(apiKey && { authorization: `Bearer ${apiKey}` }) } });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Milliseconds of each round, from the arrays in memory to the answer. */
async function time(ask) {
  await ask();
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await ask();
    rounds.push(performance.now() - start);
  }
  return rounds.toSorted((a, b) => a - b);
}

const { uri } = await client.files.put(`${NAME}.h5`, await modelFile());
await client.models.set(NAME, { uri });
const { inputs } = await client.models.metadata(NAME);
const name = inputs[0].name;
const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => (i % 256) / 255);

const ways = {
  'V2, bytes': () => client.models.infer(NAME, { inputs: { [name]: { shape, data } } }),
  'V2, JSON': () => post(`/v2/models/${NAME}/infer`, JSON.stringify({ inputs: [{ name, shape, datatype: 'FP32', data: Array.from(data) }] })),
  ':predict, JSON': () => post(`/v1/models/${NAME}:predict`, JSON.stringify({ instances: nested(data, shape) })),
};
try {
  for (const [way, ask] of Object.entries(ways)) {
    const rounds = await time(ask);
    console.log(`${way}: median ${rounds[ROUNDS >> 1].toFixed(0)} ms, best ${rounds[0].toFixed(0)}`);
  }
} finally {
  await client.models.delete(NAME);
  await client.files.delete(`${NAME}.h5`);
}
