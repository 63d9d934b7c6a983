/** A small classifier, as Keras 2.0.8 writes one. */
export const model = {
  class_name: 'Sequential',
  config: [
    { class_name: 'Dense', config: { name: 'dense_1', trainable: true, batch_input_shape: [null, 4], dtype: 'float32', units: 8, activation: 'relu', use_bias: true } },
    { class_name: 'Dense', config: { name: 'dense_2', trainable: true, units: 3, activation: 'softmax', use_bias: true } },
  ],
  keras_version: '2.0.8',
  backend: 'tensorflow',
};

export const jobBody = {
  name: 'iris',
  metadata: { team: 'botany' },
  model,
  compile: { optimizer: { class_name: 'SGD', config: { lr: 0.1 } }, loss: 'categorical_crossentropy', metrics: ['accuracy'] },
  data: { train: { uri: 'files/iris.npz', x: 'x', y: 'y' } },
  fit: { epochs: 3, batch_size: 16, validation_split: 0.2 },
};
