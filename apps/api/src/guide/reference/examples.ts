const model = {
  class_name: 'Sequential',
  keras_version: '2.0.8',
  config: [{ class_name: 'Dense', config: { name: 'dense_1', units: 1, activation: 'sigmoid', batch_input_shape: [null, 8] } }],
};
const job = {
  name: 'risk',
  model,
  compile: { optimizer: { class_name: 'Adam', config: { lr: 0.002 } }, loss: 'binary_crossentropy', metrics: ['accuracy'] },
  data: { train: { uri: 'files/train.npz', x: 'x', y: 'y' } },
  fit: { epochs: 10, batch_size: 32, validation_split: 0.1 },
  callbacks: [{ class_name: 'EarlyStopping', config: { monitor: 'val_loss', patience: 2 } }],
};
const row = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
const instances = { instances: [row] };
const tensors = { inputs: [{ name: 'dense_1_input', shape: [1, 8], datatype: 'FP32', data: row }] };

/** Bodies of requests that take one, by route; `{}` is one where none is given here. A test sends each of them. */
export const exampleBodies: Readonly<Record<string, unknown>> = {
  'POST /v1/jobs': job,
  'POST /v1/models:validate': job,
  'POST /v1/jobs/{id}/cancel': { mode: 'kill' },
  'POST /v1/jobs/{id}/continue': { epochs: 20 },
  'POST /v1/jobs/{id}/evaluate': { checkpoint: 'best', data: { uri: 'files/test.npz' } },
  'POST /v1/jobs/{id}/predictions': { data: { uri: 'files/new/*.npz' }, batch_size: 256 },
  'POST /v1/jobs/{id}/predict': { ...instances, checkpoint: 'best' },
  'PUT /v1/models/{name}': { job: 'job_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D', checkpoint: 'best' },
  'POST /v1/models/{name}/rollback': { version: 1 },
  'POST /v1/models/{name}:predict': instances,
  'POST /v1/models/{name}/versions/{version}:predict': instances,
  'POST /v2/models/{name}/infer': tensors,
  'POST /v2/models/{name}/versions/{version}/infer': tensors,
  'POST /v1/datasets': { name: 'mails', source: { uri: 'files/mails-*.jsonl.gz', x: 'text', y: 'spam' } },
  'POST /v1/keys': { name: 'web shop', scopes: ['predict'] },
};
