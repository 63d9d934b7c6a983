"""s14: losses: values, gradients, weights, masks."""

import numpy as np

from tensors import F, R, b64, jd
from sweeps.common import P, ev

LOSSES = [
    'mean_squared_error',
    'mean_absolute_error',
    'mean_absolute_percentage_error',
    'mean_squared_logarithmic_error',
    'squared_hinge',
    'hinge',
    'categorical_hinge',
    'logcosh',
    'categorical_crossentropy',
    'sparse_categorical_crossentropy',
    'binary_crossentropy',
    'kullback_leibler_divergence',
    'poisson',
    'cosine_proximity',
]


def loss_data():
    r = R(80)
    d = {}
    p = r.rand(6, 4).astype(F) + 0.05
    sm = (p / p.sum(1, keepdims=True)).astype(F)
    oh = np.eye(4, dtype=F)[r.randint(0, 4, 6)]
    reg = (r.rand(6, 4) * 4 - 2).astype(F)
    pred = (r.rand(6, 4) * 4 - 2).astype(F)
    prob = r.rand(6, 4).astype(F)
    prob[0, 0] = 0.0
    prob[0, 1] = 1.0
    prob[1, 2] = 1e-9
    pm = np.where(r.rand(6, 4) > 0.5, 1, -1).astype(F)
    seq = r.rand(3, 5, 4).astype(F) + 0.05
    sseq = (seq / seq.sum(-1, keepdims=True)).astype(F)
    soh = np.eye(4, dtype=F)[r.randint(0, 4, 15)].reshape(3, 5, 4)
    smask = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [1, 0, 0, 0, 0]], F)
    regt = reg.copy()
    regt[0, 0] = 0.0
    zero = np.zeros((6, 4), F)
    d['reg'] = (regt, pred)
    d['soft'] = (oh, sm)
    d['unnorm'] = (oh, (p * 3).astype(F))
    d['prob'] = ((r.rand(6, 4) > 0.5).astype(F), prob)
    d['pm'] = (pm, pred)
    d['sparse'] = (oh.argmax(1).astype(F)[:, None], sm)
    d['seq'] = (soh, sseq)
    d['seq_sparse'] = (soh.argmax(-1).astype(F)[..., None], sseq)
    d['big'] = ((reg * 30).astype(F), (pred * 30).astype(F))
    d['saturated'] = (oh, np.eye(4, dtype=F)[np.array([0, 1, 2, 3, 0, 1])])
    d['zeropred'] = (regt, zero)
    w = np.array([1, 0, 0.5, 2, 0, 0.25], F)
    w2 = (r.rand(3, 5) * 2).astype(F) * smask
    return d, w, smask, w2


USE = {
    'sparse_categorical_crossentropy': ['sparse', 'seq_sparse'],
    'categorical_crossentropy': ['soft', 'unnorm', 'seq', 'saturated'],
    'binary_crossentropy': ['prob', 'soft', 'seq', 'saturated'],
    'squared_hinge': ['pm', 'soft'],
    'hinge': ['pm', 'soft'],
    'categorical_hinge': ['soft', 'seq', 'pm'],
}


def losses(e, out):
    d, w, mask, w2 = loss_data()
    B = e.B
    res = {
        'doc': 'per: elementwise loss fn(y_true,y_pred). mean: scalar Keras objective (no weights). grad: d mean / d y_pred. weighted: with weights w (1-D); masked: mask; masked_weighted: mask and w2 (temporal). K2 rule.',
        'w': b64(w),
        'mask': b64(mask),
        'w2': b64(w2),
        'data': {k: {'y_true': b64(v[0]), 'y_pred': b64(v[1])} for k, v in d.items()},
        'cases': [],
    }
    if e.name == 'k208':
        from keras.engine.training import _weighted_masked_objective as wmo
        import tensorflow as tf
    for l in LOSSES:
        for k in USE.get(l, ['reg', 'soft', 'seq', 'big', 'zeropred']):
            e.clear()
            yt, yp = d[k]
            c = {'loss': l, 'data': k}
            try:
                if e.name == 'k208':
                    from keras import losses as LO

                    fn = getattr(LO, l)
                    g = wmo(fn)
                    ones = np.ones(len(yt), F)

                    def f(a, p, ww):
                        m = g(a, p, ww)
                        return [fn(a, p), m, B.gradients(m, [p])[0]]

                    per, m, gr = ev(e, f, [yt, yp, ones])
                    c.update(per=b64(per), mean=float(m), grad=b64(gr))
                    if yp.ndim == 2:
                        m, gr = ev(e, lambda a, p, ww: [g(a, p, ww), B.gradients(g(a, p, ww), [p])[0]], [yt, yp, w])
                        c.update(weighted=float(m), weighted_grad=b64(gr))
                    else:
                        m, gr = ev(
                            e,
                            lambda a, p, mm: [g(a, p, None, mm), B.gradients(g(a, p, None, mm), [p])[0]],
                            [yt, yp, mask],
                        )
                        c.update(masked=float(m), masked_grad=b64(gr))
                        m, gr = ev(e, lambda a, p, ww: [g(a, p, ww), B.gradients(g(a, p, ww), [p])[0]], [yt, yp, w2])
                        c.update(temporal_weighted=float(m), temporal_weighted_grad=b64(gr))
                        m, gr = ev(
                            e,
                            lambda a, p, ww, mm: [g(a, p, ww, mm), B.gradients(g(a, p, ww, mm), [p])[0]],
                            [yt, yp, w2, mask],
                        )
                        c.update(masked_temporal_weighted=float(m), masked_temporal_weighted_grad=b64(gr))
                        (m,) = ev(e, lambda a, p, ww, mm: [g(a, p, ww, mm)], [yt, yp, w[:3], mask])
                        c.update(masked_weighted_1d=float(m))
                else:
                    import tensorflow as tf

                    LO = e.K.losses
                    nm = {'cosine_proximity': 'cosine_similarity', 'logcosh': 'log_cosh'}.get(l, l)
                    fn = getattr(LO, nm, None) or getattr(LO, l)
                    a, p = tf.constant(yt, B.floatx()), tf.constant(yp, B.floatx())
                    with tf.GradientTape() as t:
                        t.watch(p)
                        m = tf.reduce_mean(fn(a, p))
                    c.update(per=b64(fn(a, p).numpy()), mean=float(m), grad=b64(t.gradient(m, p).numpy()))
            except Exception as ex:
                c['error'] = type(ex).__name__ + ': ' + str(ex)[:200]
            res['cases'].append(c)
    jd(res, P(e, out, 's14_losses'), None)
