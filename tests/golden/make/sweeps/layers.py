"""s16: layers: outputs, gradients, updates of each configuration."""

import json

import numpy as np

from tensors import F, R, b64, jd
from sweeps.common import P
from sweeps.layer_cases import layer_cases


def mkreg(e, v):
    k = e.K.regularizers
    return {
        'l1': lambda: k.l1(v[1]),
        'l2': lambda: k.l2(v[1]),
        'l1_l2': lambda: k.l1_l2(v[1], v[2]) if e.name == 'k208' else k.L1L2(l1=v[1], l2=v[2]),
    }[v[0]]()


def mklayer(e, cls, kw):
    kw = {k: (mkreg(e, v) if k.endswith('_regularizer') else v) for k, v in kw.items()}
    if e.name == 'tfk':
        if cls in ('LSTM', 'GRU'):
            kw.setdefault('recurrent_activation', 'hard_sigmoid')
        if cls == 'GRU':
            kw['reset_after'] = False
        if cls == 'ConvLSTM2D':
            kw.setdefault('recurrent_activation', 'hard_sigmoid')
        kw.pop('implementation', None)
    if 'layer' in kw:
        kw['layer'] = mklayer(e, *kw['layer'])
    return getattr(e.L, cls)(**kw)


def layers(e, out):
    res = {
        'doc': 'grad_*: gradient of sum over outputs of sum(output**2) (no regularizer terms); losses: each regularization term value in layer.losses order; call.training true: learning phase 1. stateful: outputs2 = second call on the same input. null gradient: no path or not differentiable',
        'cases': [],
    }
    for ci, c in enumerate(layer_cases()):
        r = R(5000 + ci)
        e.clear()
        rec = dict(name=c['name'], class_name=c['cls'])
        xs = []
        for s in c['shapes']:
            if c.get('int_max'):
                xs.append(r.randint(0, c['int_max'], s).astype('int32'))
            else:
                v = ((r.rand(*s) * 2 - 1) * c.get('scale', 1.0)).astype(F)
                if c.get('zero_steps'):
                    v[0, 2:] = 0
                if c.get('mask'):
                    v[0, -2:] = 0
                    v[1, 1] = 0
                xs.append(v)
        mask = None
        if c.get('mask'):
            mask = np.any(xs[0] != 0, -1)
        try:
            l = mklayer(e, c['cls'], c['kw'])
            B = e.B
            tr = bool(c.get('training'))

            def seed(ws, names):
                o = []
                for w, n in zip(ws, names):
                    v = r.rand(*w.shape)
                    o.append(
                        (0.5 + v if 'variance' in n else (v - 0.5) if 'gamma' not in n else v + 0.5).astype(w.dtype)
                    )
                return o

            if e.name == 'k208':
                import tensorflow as tf

                ins = [e.Input(batch_shape=x.shape, dtype='int32' if x.dtype.kind == 'i' else None) for x in xs]
                t = ins[0] if len(ins) == 1 else ins
                if mask is not None:
                    t = e.L.Masking(0.0)(t)
                o = l(t)
                os_ = o if isinstance(o, list) else [o]
                W = seed(l.get_weights(), [w.name for w in l.weights])
                l.set_weights(W)
                obj = sum(B.sum(B.square(q)) for q in os_)
                sess = B.get_session()
                gw = tf.gradients(obj, l.weights) if l.weights else []
                gi = [tf.gradients(obj, [i])[0] if x.dtype.kind != 'i' else None for i, x in zip(ins, xs)]
                fd = dict(zip(ins, xs))
                fd[B.learning_phase()] = 1 if tr else 0
                fe = [q for q in [*gw, *gi] if q is not None]
                ov, gv, lv = sess.run([os_, fe, [q for q in l.losses]], fd)
                it = iter(gv)
                gw = [next(it) if q is not None else None for q in gw]
                gi = [next(it) if q is not None else None for q in gi]
                rec['config'] = json.loads(
                    json.dumps(l.get_config(), default=lambda z: z.tolist() if hasattr(z, 'tolist') else str(z))
                )
                rec['weight_names'] = [w.name for w in l.weights]
                rec['trainable_count'] = len(l.trainable_weights)
                if c.get('stateful'):
                    l.reset_states()
                    f = B.function(ins + [B.learning_phase()], os_, l.updates)
                    ov = f(xs + [0])
                    rec['outputs2'] = [b64(q) for q in f(xs + [0])]
                if tr:
                    f = B.function(ins + [B.learning_phase()], os_, l.updates)
                    f(xs + [1])
                    rec['weights_after_update'] = [b64(w) for w in l.get_weights()]
                om = l.compute_mask(t, l.input_mask if mask is not None else None) if c['cls'] == 'Masking' else None
                rec['losses'] = [float(q) for q in lv]
            else:
                import tensorflow as tf

                xt = [tf.constant(x if x.dtype.kind == 'i' else x.astype(B.floatx())) for x in xs]
                t = xt[0] if len(xt) == 1 else xt
                kw = {}
                if mask is not None:
                    kw['mask'] = tf.constant(mask)
                if c['cls'] in ('BatchNormalization', 'Dropout'):
                    kw['training'] = tr
                l(t, **kw)
                W = seed(l.get_weights(), [w.name for w in l.weights])
                l.set_weights(W)
                if c.get('stateful'):
                    l.reset_states()
                with tf.GradientTape() as g:
                    for q in xt:
                        if q.dtype.is_floating:
                            g.watch(q)
                    o = l(t, **kw)
                    os_ = list(o) if isinstance(o, (list, tuple)) else [o]
                    obj = sum(tf.reduce_sum(tf.square(q)) for q in os_)
                gw = g.gradient(obj, [*l.weights, *[q for q in xt if q.dtype.is_floating]])
                gi = gw[len(l.weights) :]
                gw = gw[: len(l.weights)]
                tn = lambda q: None if q is None else (tf.convert_to_tensor(q).numpy())
                gw = [tn(q) for q in gw]
                gi = [tn(q) for q in gi]
                ov = [q.numpy() for q in os_]
                if tr:
                    rec['weights_after_update'] = [b64(w) for w in l.get_weights()]
                    rec['note'] = 'weights_after_update may be 2 updates here'
                rec['losses'] = [float(q) for q in l.losses]
                rec['weight_names'] = [w.name for w in l.weights]
            dn = lambda q: (
                None
                if q is None
                else b64(q if not hasattr(q, 'values') or isinstance(q, np.ndarray) else dense(q, W[0].shape))
            )
            rec.update(
                call={'training': tr, 'mask': b64(mask) if mask is not None else None},
                inputs=[b64(x) for x in xs],
                weights=[b64(w) for w in W],
                outputs=[b64(q) for q in ov],
                grad_weights=[dn(q) for q in gw],
                grad_inputs=[dn(q) for q in gi],
            )
        except Exception as ex:
            rec['error'] = type(ex).__name__ + ': ' + str(ex)[:300]
        res['cases'].append(rec)
    bad = [c['name'] + ': ' + c['error'][:140] for c in res['cases'] if 'error' in c]
    print(e.name, 'layer errors', len(bad), 'of', len(res['cases']))
    [print('   ', x) for x in bad]
    jd(res, P(e, out, 's16_layers'), None)


def dense(q, shape):
    o = np.zeros(shape, F)
    np.add.at(o, np.asarray(q.indices), np.asarray(q.values))
    return o
