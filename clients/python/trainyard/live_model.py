"""A live Keras model, whichever Keras it belongs to: what has to be known of it, and its weights both ways."""

import contextlib
import hashlib
import importlib
import json
import os
import re
import shutil
import sys
import tempfile
import warnings

import numpy as np

from .arrays import FOLDER
from .errors import InvalidArgument

_COMPILE_ARGUMENTS = ('loss', 'metrics', 'loss_weights', 'sample_weight_mode', 'weighted_metrics')


def keras_of(instance):
    """The package of the Keras that an object's class comes from: `keras`, `tf_keras` or TensorFlow's own; None where it is none of them."""
    for cls in type(instance).__mro__:
        parts = cls.__module__.split('.')
        for root in ('.'.join(parts[:3]), parts[0]):
            if root in ('tensorflow.python.keras', 'tf_keras', 'keras'):
                return root
    return None


def keras_version(instance):
    """The version of the Keras that an object's class comes from, as `(major, minor, patch)`; None where it is none of Keras's."""
    root = keras_of(instance)
    return None if root is None else _parse(getattr(sys.modules.get(root), '__version__', None) or '2.4.0')


def _parse(version):
    # TensorFlow 1's tf.keras called itself 2.1.6-tf, and was ahead of the Keras of that number.
    if 'tf' in version:
        return (2, 4, 0)
    numbers = [int(number) for number in re.findall(r'\d+', version)[:3]]
    return tuple(numbers + [0] * (3 - len(numbers)))


class LiveModel:
    """A Sequential or functional model of the user's own Keras."""

    def __init__(self, model):
        self.model = model
        self.version = keras_version(model)
        if self.version is None or not hasattr(model, 'get_weights'):
            raise InvalidArgument('model: expected a Keras model, received {}'.format(type(model).__name__))

    def expect_compiled(self):
        """Raises InvalidArgument where the model has not been told how to train."""
        if getattr(self.model, 'optimizer', None) is None:
            raise InvalidArgument('model: expected a compiled model; call model.compile(optimizer, loss) first')

    @property
    def output_names(self):
        return getattr(self.model, 'output_names', None)

    @property
    def learning_rate(self):
        """What the optimizer has now, where that is a number; else None."""
        optimizer = self.model.optimizer
        config = optimizer.get_config()  # has the value where the optimizer has a variable
        try:
            return float(config.get('learning_rate', config.get('lr')))
        except (TypeError, ValueError):
            return None

    def upload(self, client):
        """Stores architecture, weights and compile arguments, as Keras saves them; answers `model` (and `compile`) of a spec."""
        with _folder() as folder:
            path = self._save(folder)
            with open(path, 'rb') as file:
                digest = hashlib.sha256(file.read()).hexdigest()
            stored = '{}/models/{}{}'.format(FOLDER, digest, os.path.splitext(path)[1])
            spec = {'model': {'uri': 'files/' + stored, 'optimizer_state': self.has_trained}}
            if self.version < (3, 0, 0):
                spec['compile'] = self._compile_arguments(path)
            if not client.has_file(stored):
                client.upload_file(path, stored)
            return spec

    @property
    def has_trained(self):
        """Whether the optimizer has a state to go on with."""
        iterations = getattr(self.model.optimizer, 'iterations', None)
        if iterations is None:
            return False
        try:
            return int(iterations) > 0
        except (AttributeError, NotImplementedError, TypeError):  # a variable of a graph, which its Keras reads
            backend = importlib.import_module(keras_of(self.model) + '.backend')
            return int(backend.get_value(iterations)) > 0

    def _save(self, folder):
        path = os.path.join(folder, 'model.keras' if self.version >= (3, 0, 0) else 'model.h5')
        try:
            with warnings.catch_warnings():
                warnings.simplefilter('ignore')  # of formats that Keras has left behind since
                with _metrics_as_given(self.model):
                    self.model.save(path)
        except NotImplementedError as error:
            raise InvalidArgument('model: expected a Sequential or functional model, which Keras can describe: {}'.format(error)) from error
        except ImportError as error:
            raise InvalidArgument('model: Keras needs h5py to save it (pip install h5py): {}'.format(error)) from error
        return path

    def _compile_arguments(self, path):
        import h5py

        with h5py.File(path, 'r') as file:
            text = file.attrs.get('training_config')
        if text is None:
            raise InvalidArgument('model: expected an optimizer of Keras, received {}, which Keras cannot save'.format(type(self.model.optimizer).__name__))
        config = json.loads(text.decode('utf-8') if isinstance(text, bytes) else text)
        arguments = {name: config[name] for name in _COMPILE_ARGUMENTS if config.get(name) is not None}
        arguments['optimizer'] = config['optimizer_config']
        if self.version >= (2, 3, 0):
            for name in ('metrics', 'weighted_metrics'):
                if name in arguments:
                    arguments[name] = keep_names(arguments[name], self.output_names or [])
        return arguments

    def load_weights(self, path):
        """Puts the weights of an `.h5` file, of weights or of a whole model, into the live model."""
        if self.version >= (2, 4, 0):
            self.model.load_weights(path)
            return
        # As that Keras does it, layer by layer; itself it reads files with h5py 2 only.
        arrays = [values for values in _layers_of(path) if values]
        layers = [layer for layer in self.model.layers if layer.weights]
        if len(arrays) != len(layers):
            raise InvalidArgument('model: expected {} layers with weights, as the file has, received one with {}'.format(len(arrays), len(layers)))
        for layer, values in zip(layers, arrays):
            layer.set_weights(values)


def _layers_of(path):
    """The arrays of each layer in an `.h5` file, in the file's order."""
    import h5py

    text = lambda name: name.decode('utf-8') if isinstance(name, bytes) else name  # noqa: E731
    with h5py.File(path, 'r') as file:
        root = file['model_weights'] if 'model_weights' in file else file
        for layer in root.attrs['layer_names']:
            group = root[text(layer)]
            yield [np.asarray(group[text(name)]) for name in group.attrs['weight_names']]


def keep_names(metrics, outputs):
    """Metrics under the names by which they were asked for, as Keras reports them from 2.3 on; before, `accuracy` became `acc`.

    Of several outputs, the metrics of a model that has trained bear the output's name already; a job puts it before them itself.
    """
    if isinstance(metrics, str):
        return {'class_name': 'MeanMetricWrapper', 'config': {'name': metrics, 'fn': metrics}}
    if isinstance(metrics, list):
        return [keep_names(metric, outputs) for metric in metrics]
    if not isinstance(metrics, dict):
        return metrics
    if 'class_name' not in metrics:
        return {output: keep_names(of_output, outputs) for output, of_output in metrics.items()}
    config = dict(metrics.get('config') or {})
    name = config.get('name') or ''
    before = [output + '_' for output in outputs if name.startswith(output + '_')]
    if len(outputs) > 1 and before:
        config['name'] = name[len(max(before, key=len)) :]
    return dict(metrics, config=config)


class _AsGiven:
    """Stands for the metrics of a compiled model that has not seen data yet."""

    built = True

    def __init__(self, metrics):
        self._user_metrics = self._metrics = metrics._user_metrics
        self._user_weighted_metrics = self._weighted_metrics = metrics._user_weighted_metrics


@contextlib.contextmanager
def _metrics_as_given(model):
    """Keeps tf-keras from deciding what `accuracy` means before it has seen data.

    When it saves a model that has not been trained, it takes the outputs for the targets, and for ever `accuracy` for
    `categorical_accuracy`, of labels that are numbers too.
    """
    metrics = getattr(model, 'compiled_metrics', None)
    if getattr(metrics, 'built', True) or not hasattr(metrics, '_user_metrics'):
        yield
        return
    object.__setattr__(model, 'compiled_metrics', _AsGiven(metrics))
    try:
        yield
    finally:
        object.__setattr__(model, 'compiled_metrics', metrics)


@contextlib.contextmanager
def _folder():
    folder = tempfile.mkdtemp(prefix='trainyard-')
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
