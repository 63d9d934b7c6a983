"""What the sweeps share."""

import os

import numpy as np


def P(e, out, case):
    d = os.path.join(out, case)
    os.makedirs(d, exist_ok=True)
    return os.path.join(d, 'sweep.json' if e.name == 'k208' else 'sweep.tfkeras.json')


def ev(e, fn, ins):
    "evaluate symbolic fn on numpy inputs -> list of numpy (fn gets tensors)"
    B = e.B
    if e.name == 'k208':
        import tensorflow as tf

        ph = [
            tf.placeholder(
                'int32' if a.dtype.kind in 'iu' else ('bool' if a.dtype.kind == 'b' else B.floatx()), a.shape
            )
            for a in ins
        ]
        o = fn(*ph)
        return B.get_session().run(o, dict(zip(ph, ins)))
    import tensorflow as tf

    return [
        np.asarray(v) for v in fn(*[tf.constant(a if a.dtype.kind in 'iub' else a.astype(B.floatx())) for a in ins])
    ]
