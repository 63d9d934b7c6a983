"""Arrays as JSON, and strict JSON files."""

import base64
import json
import math
import os

import numpy as np

F = 'float32'


def R(seed):
    return np.random.RandomState(seed)


def b64(a):
    a = np.asarray(a)
    if a.dtype in (np.float64, np.float32, np.float16):
        a = a.astype('<f4')
    elif a.dtype == bool:
        a = a.astype('u1')
    else:
        a = a.astype('<i4')
    return {
        'dtype': {'f': 'float32', 'i': 'int32', 'u': 'bool'}[a.dtype.kind],
        'shape': list(a.shape),
        'b64': base64.b64encode(np.ascontiguousarray(a).tobytes()).decode(),
    }


def unb64(d):
    return np.frombuffer(
        base64.b64decode(d['b64']), {'float32': '<f4', 'int32': '<i4', 'bool': 'u1'}[d['dtype']]
    ).reshape(d['shape'])


def jd(o, p, indent=1):
    """Writes strict JSON: non-finite numbers become strings."""

    def default(x):
        if isinstance(x, (np.floating,)):
            return float(x)
        if isinstance(x, (np.integer,)):
            return int(x)
        if isinstance(x, np.ndarray):
            return x.tolist()
        return str(x)

    def fin(x):  # strict JSON: non-finite numbers become strings
        if isinstance(x, (float, np.floating)):
            return float(x) if math.isfinite(x) else ('NaN' if math.isnan(x) else 'Infinity' if x > 0 else '-Infinity')
        if isinstance(x, dict):
            return {str(k): fin(v) for k, v in x.items()}
        if isinstance(x, (list, tuple)):
            return [fin(v) for v in x]
        return x

    os.makedirs(os.path.dirname(p), exist_ok=True)
    json.dump(fin(o), open(p, 'w'), default=default, indent=indent, allow_nan=False)


def fl(x):
    return [float(v) for v in np.atleast_1d(x)]
