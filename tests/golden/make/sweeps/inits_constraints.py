"""s18: initializers, constraints, regularizers."""

import numpy as np

from tensors import F, R, b64, jd
from sweeps.common import P, ev


def _v(e, t):
    return t if isinstance(t, np.ndarray) else np.asarray(e.B.get_session().run(t) if e.name == 'k208' else t)


def inits_constraints(e, out):
    "initializers: deterministic ones exactly; random ones by scale limits; constraints and regularizers as functions"
    e.clear()
    K = e.K
    res = {'constraints': [], 'regularizers': [], 'initializers': []}
    r = R(200)
    w = (r.rand(4, 5) * 4 - 2).astype(F)
    w4 = (r.rand(2, 2, 3, 4) * 2 - 1).astype(F)
    C = K.constraints
    for n, c, v in (
        ('max_norm2', C.max_norm(1.0), w),
        ('max_norm_axis1', C.max_norm(1.0, axis=1), w),
        ('max_norm_conv', C.max_norm(1.0, axis=[0, 1, 2]), w4),
        ('non_neg', C.non_neg(), w),
        ('unit_norm', C.unit_norm(), w),
        ('unit_norm_conv', C.unit_norm(axis=[0, 1, 2]), w4),
        ('min_max_norm', C.min_max_norm(0.5, 1.0, rate=0.7), w),
    ):
        (o,) = ev(e, lambda q: [c(q)], [v])
        res['constraints'].append(
            {'name': n, 'config': c.get_config(), 'class_name': type(c).__name__, 'in': b64(v), 'out': b64(o)}
        )
    G = K.regularizers
    for n, c in (
        ('l1', G.l1(0.1)),
        ('l2', G.l2(0.1)),
        ('l1_l2', G.l1_l2(0.1, 0.2) if e.name == 'k208' else G.L1L2(0.1, 0.2)),
    ):
        (o,) = ev(e, lambda q: [c(q)], [w])
        res['regularizers'].append(
            {'name': n, 'class_name': type(c).__name__, 'config': c.get_config(), 'in': b64(w), 'value': float(o)}
        )
    I = K.initializers
    for n, i, s in (
        ('zeros', I.Zeros(), (2, 3)),
        ('ones', I.Ones(), (2, 3)),
        ('constant', I.Constant(0.3), (2, 3)),
        ('identity', I.Identity(gain=2.0), (3, 3)),
    ):
        v = _v(e, i(s))
        res['initializers'].append(
            {'name': n, 'shape': list(s), 'config': i.get_config(), 'class_name': type(i).__name__, 'value': b64(v)}
        )
    for n in (
        'glorot_uniform',
        'glorot_normal',
        'he_uniform',
        'he_normal',
        'lecun_uniform',
        'random_uniform',
        'random_normal',
        'truncated_normal',
        'orthogonal',
    ):
        for s in ((40, 30), (3, 3, 8, 16)):
            i = I.get(n)
            v = _v(e, i(s))
            res['initializers'].append(
                {
                    'name': n,
                    'shape': list(s),
                    'class_name': type(i).__name__,
                    'config': i.get_config(),
                    'sample_min': float(v.min()),
                    'sample_max': float(v.max()),
                    'sample_std': float(v.std()),
                    'sample_mean': float(v.mean()),
                }
            )
    jd(res, P(e, out, 's18_init_constraint_regularizer'), None)
