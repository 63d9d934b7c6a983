"""Run genuine Keras 2.0.8 (pure Python sdist) on TensorFlow 2.21 through tf.compat.v1."""

import os
import sys
import types
import collections
import collections.abc
import inspect

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_USE_LEGACY_KERAS', '1')
os.environ.setdefault('KERAS_BACKEND', 'tensorflow')
os.environ.setdefault('KERAS_HOME', os.path.join(os.path.dirname(os.path.abspath(__file__)), 'home'))
for n in ('Iterable', 'Mapping', 'Sequence', 'Callable'):
    if not hasattr(collections, n):
        setattr(collections, n, getattr(collections.abc, n))
if not hasattr(inspect, 'getargspec'):
    from collections import namedtuple

    A = namedtuple('ArgSpec', 'args varargs keywords defaults')
    inspect.getargspec = lambda f: A(*inspect.getfullargspec(f)[:4])
import numpy as np

np.Inf = np.inf
import logging

logging.getLogger('tensorflow').setLevel(logging.ERROR)
import tensorflow as tf2
import tensorflow.compat.v1 as tf1

tf1.disable_v2_behavior()
import tensorflow.python.training.moving_averages
import tensorflow.python.ops.ctc_ops
import tensorflow.python.client.device_lib
import tensorflow.python.ops.control_flow_ops as _cf

for _n in ('while_loop', 'cond', 'group', 'switch_case'):
    if not hasattr(_cf, _n) and hasattr(tf1, _n):
        setattr(_cf, _n, getattr(tf1, _n))
import tensorflow.python.util.tf_should_use

tf1.enable_resource_variables()  # reads are snapshots: no ref-variable races

sys.modules['tensorflow'] = tf1
if not hasattr(tf1, 'python'):
    tf1.python = sys.modules['tensorflow.python'] if 'tensorflow.python' in sys.modules else None
for n in (
    'tensorflow.contrib',
    'tensorflow.contrib.tensorboard',
    'tensorflow.contrib.tensorboard.plugins',
    'tensorflow.contrib.tensorboard.plugins.projector',
):
    m = types.ModuleType(n)
    m.__path__ = []
    sys.modules[n] = m
sys.modules['tensorflow.contrib.tensorboard.plugins'].projector = sys.modules[
    'tensorflow.contrib.tensorboard.plugins.projector'
]
import h5py

_set = h5py.AttributeManager.__setitem__
_get = h5py.AttributeManager.__getitem__


def _s(self, n, v):
    # h5py 2.x (2017): list of bytes -> fixed-length S array; scalar bytes -> vlen
    if isinstance(v, list) and v and isinstance(v[0], bytes):
        v = np.array(v, dtype='S')
    _set(self, n, v)


def _g(self, n):
    v = _get(self, n)
    if isinstance(v, str):
        return v.encode('utf8')
    if isinstance(v, np.ndarray) and v.dtype == object:
        return np.array([q.encode('utf8') if isinstance(q, str) else q for q in v])
    return v


h5py.AttributeManager.__setitem__ = _s
h5py.AttributeManager.__getitem__ = _g
import warnings

warnings.filterwarnings('ignore', category=SyntaxWarning)
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import keras
from keras import backend as _K, optimizers as _O


def _wrap(cls):
    orig = cls.get_updates

    def get_updates(self, *a, **k):
        # the increment of `iterations` runs after every read of it (Keras leaves the order to TF)
        real = _K.update_add
        held = []
        _K.update_add = lambda x, inc: (held.append((x, inc)), None)[1]
        try:
            ups = orig(self, *a, **k)
        finally:
            _K.update_add = real
        ups = [tf1.assign(u[0], u[1]) if isinstance(u, tuple) else u for u in ups if u is not None]
        with tf1.control_dependencies([u.op if hasattr(u, 'op') else u for u in ups]):
            ups = [real(x, i) for x, i in held] + ups
        self.updates = ups
        return ups

    cls.get_updates = get_updates


for _c in ('SGD', 'RMSprop', 'Adagrad', 'Adadelta', 'Adam', 'Adamax', 'Nadam'):
    _wrap(getattr(_O, _c))
