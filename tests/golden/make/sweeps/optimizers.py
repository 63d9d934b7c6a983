"""s13: optimizers, step by step."""

import numpy as np

from tensors import F, R, b64, jd
from sweeps.common import P

OPTS = [
    ('sgd', 'SGD', {}),
    ('sgd_lr', 'SGD', {'lr': 0.1}),
    ('sgd_momentum', 'SGD', {'lr': 0.05, 'momentum': 0.9}),
    ('sgd_nesterov', 'SGD', {'lr': 0.05, 'momentum': 0.9, 'nesterov': True}),
    ('sgd_decay', 'SGD', {'lr': 0.1, 'decay': 0.5}),
    ('sgd_nesterov_decay', 'SGD', {'lr': 0.05, 'momentum': 0.9, 'nesterov': True, 'decay': 0.1}),
    ('sgd_clipnorm', 'SGD', {'lr': 0.1, 'clipnorm': 0.5}),
    ('sgd_clipvalue', 'SGD', {'lr': 0.1, 'clipvalue': 0.05}),
    ('sgd_clipnorm_clipvalue', 'SGD', {'lr': 0.1, 'clipnorm': 0.5, 'clipvalue': 0.05}),
]
for n, l in (
    ('RMSprop', 0.01),
    ('Adagrad', 0.05),
    ('Adadelta', 1.0),
    ('Adam', 0.01),
    ('Adamax', 0.02),
    ('Nadam', 0.02),
):
    OPTS += [
        (n.lower(), n, {}),
        (n.lower() + '_lr', n, {'lr': l}),
        (n.lower() + '_clipnorm', n, {'lr': l, 'clipnorm': 0.1}),
        (n.lower() + '_clipvalue', n, {'lr': l, 'clipvalue': 0.02}),
        (n.lower() + '_eps', n, {'lr': l, 'epsilon': 1e-3}),
    ]
    if n != 'Nadam':
        OPTS.append((n.lower() + '_decay', n, {'lr': l, 'decay': 0.3}))
OPTS += [
    ('rmsprop_rho', 'RMSprop', {'lr': 0.01, 'rho': 0.5}),
    ('adam_betas', 'Adam', {'lr': 0.01, 'beta_1': 0.5, 'beta_2': 0.9}),
    ('adamax_betas', 'Adamax', {'lr': 0.01, 'beta_1': 0.5, 'beta_2': 0.9}),
    ('nadam_schedule', 'Nadam', {'lr': 0.01, 'schedule_decay': 0.02}),
    ('adadelta_rho', 'Adadelta', {'rho': 0.5}),
]


def optimizers(e, out):
    r = R(70)
    X = (r.rand(5, 8, 4) * 2 - 1).astype(F)
    Y = (r.rand(5, 8, 3) * 3 - 1).astype(F)
    W0 = [
        (r.rand(4, 5) - 0.5).astype(F),
        (r.rand(5) - 0.5).astype(F),
        (r.rand(5, 3) - 0.5).astype(F),
        (r.rand(3) - 0.5).astype(F),
    ]
    res = {
        'doc': 'model: Dense(5,tanh,input 4) -> Dense(3); loss mse; 5 train_on_batch steps, batch i = X[i],Y[i]; weights after each',
        'X': b64(X),
        'Y': b64(Y),
        'W0': [b64(w) for w in W0],
        'cases': [],
    }
    for name, c, cfg in OPTS:
        e.clear()
        m = e.Sequential()
        m.add(e.L.Dense(5, activation='tanh', input_shape=(4,)))
        m.add(e.L.Dense(3))
        m.set_weights(W0)
        try:
            m.compile(optimizer=e.opt(c, cfg), loss='mse')
        except Exception as ex:
            res['cases'].append({'name': name, 'error': str(ex)[:200]})
            continue
        st = []
        ls = []
        for i in range(5):
            ls.append(float(np.atleast_1d(m.train_on_batch(X[i], Y[i]))[0]))
            st.append([b64(w) for w in m.get_weights()])
        cf = m.optimizer.get_config()
        ow = []
        if e.name == 'k208':
            ow = [{'name': w.name, 'value': b64(v)} for w, v in zip(m.optimizer.weights, m.optimizer.get_weights())]
        res['cases'].append(
            {
                'name': name,
                'class_name': c,
                'config_given': cfg,
                'get_config': {
                    k: (v if isinstance(v, (bool, str, type(None))) else float(v))
                    for k, v in cf.items()
                    if not isinstance(v, dict)
                },
                'loss': ls,
                'weights_after_step': st,
                'optimizer_weights_after': ow,
            }
        )
    jd(res, P(e, out, 's13_optimizers'), None)
