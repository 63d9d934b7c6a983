"""Lets genuine Keras 2.0.8 (its source archive from PyPI) run on TensorFlow 2.21 and Python 3.11 to 3.13.

Import this before `keras`. Keras 2.0.8 was written against TensorFlow 1.x: it gets `tensorflow.compat.v1` under the name of
`tensorflow`, with the few modules that have gone since. Nothing here changes what Keras computes.
"""

import collections
import collections.abc
import inspect
import os
import sys
import types

HERE = os.path.dirname(os.path.abspath(__file__))
os.environ['KERAS_HOME'] = os.path.join(HERE, 'home')  # its keras.json: float32, channels_last
os.environ['KERAS_BACKEND'] = 'tensorflow'
os.environ['TF_USE_LEGACY_KERAS'] = '1'  # tf.keras, which TensorFlow loads by itself, must not be Keras 3


def restore_python() -> None:
    """Names that Python 3.3 to 3.11 and NumPy 2 removed."""
    for name in ('Iterable', 'Mapping', 'Sequence', 'Callable'):
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))
    if not hasattr(inspect, 'getargspec'):
        arg_spec = collections.namedtuple('ArgSpec', 'args varargs keywords defaults')
        inspect.getargspec = lambda function: arg_spec(*inspect.getfullargspec(function)[:4])
    import numpy

    numpy.Inf = numpy.inf


def restore_tensorflow():
    """Answers TensorFlow 1's API after putting it where Keras 2.0.8 looks for it."""
    import tensorflow.compat.v1 as tf1

    tf1.disable_v2_behavior()
    tf1.enable_resource_variables()  # reads are snapshots: with reference variables an optimizer's updates race

    # Keras imports these by their paths, some of which newer versions load lazily.
    import tensorflow.python.client.device_lib
    import tensorflow.python.ops.control_flow_ops as control_flow_ops
    import tensorflow.python.ops.ctc_ops
    import tensorflow.python.training.moving_averages  # noqa: F401

    for name in ('while_loop', 'cond', 'group', 'switch_case'):
        if not hasattr(control_flow_ops, name):
            setattr(control_flow_ops, name, getattr(tf1, name))
    if not hasattr(tf1, 'python'):
        tf1.python = sys.modules['tensorflow.python']
    sys.modules['tensorflow'] = tf1

    # Only the TensorBoard callback uses it; an import that fails would break `import keras`.
    path = 'tensorflow.contrib'
    for part in ('', '.tensorboard', '.tensorboard.plugins', '.tensorboard.plugins.projector'):
        module = types.ModuleType(path + part)
        module.__path__ = []
        sys.modules[path + part] = module
    sys.modules[path + '.tensorboard.plugins'].projector = sys.modules[path + '.tensorboard.plugins.projector']
    return tf1


def order_iterations(optimizer_class, tf1, backend) -> None:
    """Increments an optimizer's `iterations` after every read of it: Keras leaves that order to TensorFlow 1, where it held."""
    original = optimizer_class.get_updates

    def get_updates(self, *args, **kwargs):
        update_add = backend.update_add
        increments = []
        backend.update_add = lambda variable, by: increments.append((variable, by))
        try:
            updates = original(self, *args, **kwargs)
        finally:
            backend.update_add = update_add
        updates = [tf1.assign(*update) if isinstance(update, tuple) else update for update in updates if update is not None]
        with tf1.control_dependencies([getattr(update, 'op', update) for update in updates]):
            self.updates = [update_add(*increment) for increment in increments] + updates
        return self.updates

    optimizer_class.get_updates = get_updates


restore_python()
tf1 = restore_tensorflow()
if HERE not in sys.path:
    sys.path.insert(0, HERE)

import keras  # noqa: E402

for optimizer in ('SGD', 'RMSprop', 'Adagrad', 'Adadelta', 'Adam', 'Adamax', 'Nadam'):
    order_iterations(getattr(keras.optimizers, optimizer), tf1, keras.backend)
