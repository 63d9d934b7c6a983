// What predict calls take through HTTP: API, predictor and client are processes of their own on this machine.
//   node bench/serving.mjs
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeNpz } from '@trainyard/ndarray';
import { Stack } from '@trainyard/stack';

const REQUESTS = 3000;
const CLIENTS = [1, 8, 32];
/** After a job the worker readies a process for the next one, which takes seconds of a processor. */
const SETTLE_MS = 5_000;
let layers = 0;
const layer = (class_name, config) => ({ class_name, config: { name: `layer_${layers++}`, ...config } });
const sequential = (...layers) => ({ class_name: 'Sequential', keras_version: '2.0.8', backend: 'tensorflow', config: layers });
const dense = (units, activation, width) => layer('Dense', { units, activation, ...(width !== undefined && { batch_input_shape: [null, width] }) });

/** 100 MB of weights are loaded once; the others are asked again and again. */
const cases = {
  'MLP of 5,500 weights': { width: 20, model: sequential(dense(64, 'relu', 20), dense(64, 'relu'), dense(1, 'sigmoid')) },
  'LSTM of 64 units, 50 steps': { width: [50, 16], model: sequential(layer('LSTM', { units: 64, batch_input_shape: [null, 50, 16] }), dense(1, 'sigmoid')) },
  'MLP of 100 MB': { width: 5000, once: true, model: sequential(dense(5000, 'relu', 5000), dense(1, 'sigmoid')) },
};

const agent = new Agent({ keepAlive: true });
function post(url, body) {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk)).on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(Buffer.concat(chunks).toString()))));
    });
    call.on('error', reject).end(body);
  });
}

/** Milliseconds of `count` calls, by so many clients that each ask one thing after another. */
async function timed(url, body, clients, count) {
  const took = [];
  const client = async () => {
    while (took.length < count) {
      const start = performance.now();
      await post(url, body);
      took.push(performance.now() - start);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - start) / 1000;
  took.sort((a, b) => a - b);
  const at = (part) => took[Math.floor(took.length * part)].toFixed(2);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, ${(took.length / seconds).toFixed(0)} requests/s`;
}

const stack = await Stack.start({ predictor: true });
try {
  await stack.startWorker();
  for (const [name, { width, model, once = false }] of Object.entries(cases)) {
    const shape = [8, ...[width].flat()];
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    const file = `${name.replace(/\W+/g, '-')}.npz`;
    await stack.api.upload(file, encodeNpz([['x', { dtype: 'float32', shape, data: Float32Array.from({ length: size }, (_, i) => Math.sin(i)) }], ['y', { dtype: 'float32', shape: [8, 1], data: Float32Array.from({ length: 8 }, (_, i) => i % 2) }]]));
    const { id } = await stack.api.submit({ model, compile: { optimizer: 'sgd', loss: 'binary_crossentropy' }, data: { train: { uri: `files/${file}` } }, fit: { batch_size: 8, epochs: 1 } });
    await stack.api.until(id, 'succeeded');
    await sleep(SETTLE_MS);
    const row = (dimensions) => (dimensions.length === 0 ? 0.123 : Array.from({ length: dimensions[0] }, () => row(dimensions.slice(1))));
    const url = `${stack.api.url}/v1/jobs/${id}/predict`;
    const body = JSON.stringify({ instances: [row([width].flat())] });
    const start = performance.now();
    await post(url, body);
    console.log(`${name}: first answer ${(performance.now() - start).toFixed(0)} ms`);
    if (once) continue;
    for (const clients of CLIENTS) {
      await timed(url, body, clients, 500);
      console.log(`${name}, ${clients} at once: ${await timed(url, body, clients, REQUESTS)}`);
    }
  }
} finally {
  agent.destroy();
  await stack.stop();
}
