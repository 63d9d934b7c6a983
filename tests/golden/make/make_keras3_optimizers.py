"""Optimizers as Keras 3 means them: s20_keras3_optimizers/sweep.json, in the form of s13_optimizers."""

import json
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL='3', CUDA_VISIBLE_DEVICES='-1', KERAS_BACKEND='tensorflow')

import keras
import numpy as np

from paths import GOLDEN
from tensors import R, b64, jd

CASES = [
    ('sgd', 'SGD', {}),
    ('sgd_lr', 'SGD', {'learning_rate': 0.1}),
    ('sgd_momentum', 'SGD', {'learning_rate': 0.05, 'momentum': 0.9}),
    ('sgd_nesterov', 'SGD', {'learning_rate': 0.05, 'momentum': 0.9, 'nesterov': True}),
    ('sgd_weight_decay', 'SGD', {'learning_rate': 0.05, 'weight_decay': 0.1}),
    ('sgd_clipnorm', 'SGD', {'learning_rate': 0.1, 'clipnorm': 0.2}),
    ('sgd_global_clipnorm', 'SGD', {'learning_rate': 0.1, 'global_clipnorm': 0.2}),
    ('sgd_clipvalue', 'SGD', {'learning_rate': 0.1, 'clipvalue': 0.05}),
    ('rmsprop', 'RMSprop', {}),
    ('rmsprop_epsilon', 'RMSprop', {'learning_rate': 0.01, 'rho': 0.8, 'epsilon': 0.01}),
    ('rmsprop_momentum', 'RMSprop', {'learning_rate': 0.01, 'momentum': 0.5}),
    ('rmsprop_centered', 'RMSprop', {'learning_rate': 0.01, 'momentum': 0.5, 'centered': True}),
    ('adagrad', 'Adagrad', {}),
    ('adagrad_initial', 'Adagrad', {'learning_rate': 0.1, 'initial_accumulator_value': 0.5, 'epsilon': 0.01}),
    ('adadelta', 'Adadelta', {}),
    ('adadelta_lr', 'Adadelta', {'learning_rate': 1.0, 'rho': 0.9, 'epsilon': 1e-4}),
    ('adam', 'Adam', {}),
    ('adam_epsilon', 'Adam', {'learning_rate': 0.01, 'beta_1': 0.8, 'beta_2': 0.9, 'epsilon': 0.01}),
    ('adam_amsgrad', 'Adam', {'learning_rate': 0.01, 'amsgrad': True}),
    ('adam_clipnorm', 'Adam', {'learning_rate': 0.01, 'clipnorm': 0.2}),
    ('adamw', 'AdamW', {}),
    ('adamw_weight_decay', 'AdamW', {'learning_rate': 0.01, 'weight_decay': 0.1}),
    ('adamax', 'Adamax', {}),
    ('adamax_epsilon', 'Adamax', {'learning_rate': 0.01, 'epsilon': 0.01}),
    ('nadam', 'Nadam', {}),
    ('nadam_beta', 'Nadam', {'learning_rate': 0.01, 'beta_1': 0.8, 'epsilon': 1e-4}),
]
STEPS = 5


def run(name, class_name, given, model, X, Y, W0):
    model.set_weights(W0)
    optimizer = getattr(keras.optimizers, class_name)(**given)
    model.compile(optimizer, loss='mse')
    losses, weights = [], []
    for step in range(STEPS):
        losses.append(float(model.train_on_batch(X[step], Y[step])))
        weights.append([b64(w) for w in model.get_weights()])
    config = {k: v for k, v in optimizer.get_config().items() if type(v) in (int, float, bool) and k not in ('use_ema', 'ema_momentum')}
    # The iterations as Keras 2 names them; the learning rate is in the config, Nadam's product of momenta (the one without a shape) follows from the iterations.
    state = [('iterations', optimizer.variables[0])] + [(v.path, v) for v in optimizer.variables[2:] if len(v.shape) > 0]
    return {
        'name': name,
        'class_name': class_name,
        'config_given': {'learning_rate': float(optimizer.learning_rate.numpy()), **given} if 'learning_rate' not in given else given,
        'get_config': config,
        'loss': losses,
        'weights_after_step': weights,
        'optimizer_weights_after': [{'name': n, 'value': b64(np.asarray(v))} for n, v in state],
    }


def main():
    r = R(20)
    X, Y = r.uniform(-1, 1, (STEPS, 8, 4)).astype('f4'), r.uniform(-1, 2, (STEPS, 8, 3)).astype('f4')
    W0 = [r.uniform(-0.5, 0.5, shape).astype('f4') for shape in [(4, 5), (5,), (5, 3), (3,)]]
    model = keras.Sequential([keras.Input((4,), name='x'), keras.layers.Dense(5, activation='tanh', name='dense_1'), keras.layers.Dense(3, name='dense_2')])
    sweep = {
        'doc': f'Keras {keras.__version__}: Dense(5, tanh, input 4) -> Dense(3); loss mse; {STEPS} train_on_batch steps, batch i = X[i], Y[i]; weights after each',
        'model': json.loads(model.to_json()),
        'X': b64(X),
        'Y': b64(Y),
        'W0': [b64(w) for w in W0],
        'cases': [run(*case, model, X, Y, W0) for case in CASES],
    }
    jd(sweep, os.path.join(GOLDEN, 's20_keras3_optimizers', 'sweep.json'))


if __name__ == '__main__':
    main()
