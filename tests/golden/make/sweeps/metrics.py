"""s15: metrics, and what "accuracy" means."""

import numpy as np

from tensors import F, R, b64, jd
from sweeps.common import P, ev


def metrics(e, out):
    r = R(90)
    e.clear()
    p = r.rand(9, 7).astype(F)
    p /= p.sum(1, keepdims=True)
    lab = r.randint(0, 7, 9)
    oh = np.eye(7, dtype=F)[lab]
    ps = r.rand(9, 7).astype(F)
    ps[0, 0] = 0.5
    ps[0, 1] = 0.50001
    ps[0, 2] = 0.49999
    bt = (r.rand(9, 7) > 0.5).astype(F)
    tie = p.copy()
    tie[0] = 1 / 7
    tie[1, :3] = 0.3
    seq = r.rand(3, 5, 7).astype(F)
    soh = np.eye(7, dtype=F)[r.randint(0, 7, 15)].reshape(3, 5, 7)
    D = {
        'cat': (oh, p),
        'tie': (oh, tie),
        'bin': (bt, ps),
        'bin1': (bt[:, :1], ps[:, :1]),
        'sparse': (lab.astype(F)[:, None], p),
        'seq': (soh, seq),
        'seq_sparse': (soh.argmax(-1).astype(F)[..., None], seq),
    }
    res = {
        'doc': 'fn(y_true,y_pred) raw and its mean; metric in a compiled K2 model = mean over the batch, then batch-size-weighted mean over batches',
        'data': {k: {'y_true': b64(v[0]), 'y_pred': b64(v[1])} for k, v in D.items()},
        'cases': [],
    }
    L = [
        ('binary_accuracy', None, ['bin', 'bin1', 'cat']),
        ('categorical_accuracy', None, ['cat', 'tie', 'seq']),
        ('sparse_categorical_accuracy', None, ['sparse', 'seq_sparse']),
        ('top_k_categorical_accuracy', 5, ['cat', 'tie']),
        ('top_k_categorical_accuracy', 2, ['cat', 'tie']),
        ('sparse_top_k_categorical_accuracy', 2, ['sparse']),
        ('sparse_top_k_categorical_accuracy', 5, ['sparse']),
    ] + [
        (m, None, ['cat', 'bin'])
        for m in (
            'mean_squared_error',
            'mean_absolute_error',
            'mean_absolute_percentage_error',
            'mean_squared_logarithmic_error',
            'hinge',
            'squared_hinge',
            'logcosh',
            'categorical_crossentropy',
            'binary_crossentropy',
            'kullback_leibler_divergence',
            'poisson',
            'cosine_proximity',
        )
    ]
    for n, k, ds in L:
        for dn in ds:
            c = {'metric': n, 'k': k, 'data': dn}
            try:
                fn = getattr(e.K.metrics, n, None) or getattr(
                    e.K.losses, {'cosine_proximity': 'cosine_similarity'}.get(n, n)
                )
                kw = {'k': k} if k else {}
                v, m = ev(
                    e, lambda a, q: [fn(a, q, **kw), e.B.mean(e.B.cast(fn(a, q, **kw), e.B.floatx()))], list(D[dn])
                )
                c.update(raw=b64(v), mean=float(m))
            except Exception as ex:
                c['error'] = str(ex)[:200]
            res['cases'].append(c)
    # what 'accuracy'/'acc' resolves to
    auto = []
    for outu, act, loss, yt in (
        (1, 'sigmoid', 'binary_crossentropy', bt[:, :1]),
        (1, 'linear', 'mse', bt[:, :1]),
        (7, 'softmax', 'categorical_crossentropy', oh),
        (7, 'sigmoid', 'binary_crossentropy', bt),
        (7, 'softmax', 'sparse_categorical_crossentropy', lab.astype(F)[:, None]),
        (7, 'linear', 'mse', oh),
    ):
        e.clear()
        x = r.rand(9, 4).astype(F)
        m = e.Sequential()
        m.add(e.L.Dense(outu, activation=act, input_shape=(4,)))
        ww = [(R(5).rand(4, outu) * 2 - 1).astype(F), np.zeros(outu, F)]
        m.set_weights(ww)
        m.compile('sgd', loss, metrics=['accuracy'])
        v = m.evaluate(x, yt, batch_size=4, verbose=0)
        auto.append(
            {
                'units': outu,
                'activation': act,
                'loss': loss,
                'x': b64(x),
                'y': b64(yt),
                'w': [b64(q) for q in ww],
                'metrics_names': list(m.metrics_names),
                'evaluate_batch4': [float(q) for q in v],
            }
        )
    res['auto_accuracy'] = auto
    jd(res, P(e, out, 's15_metrics'), None)
