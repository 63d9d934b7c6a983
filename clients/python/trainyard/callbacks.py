"""Live Keras callbacks as the data that a job's spec takes.

Callbacks that are data in all but form (what to monitor, how long to wait) are translated. Those that run Python of their own
are refused with the reason: they would be left out of the training else.
"""

import os

from .errors import InvalidArgument
from .live_model import keras_version

#: Every training has them, or the service does by itself what they do.
_IMPLIED = ('BaseLogger', 'BackupAndRestore', 'History', 'ProgbarLogger')


class FitContext:
    """What some callbacks depend on besides themselves."""

    def __init__(self, initial_epoch, epochs, learning_rate):
        self.initial_epoch = initial_epoch
        self.epochs = epochs
        self.learning_rate = learning_rate


class Translated:
    """Callbacks of a spec; `restores_best` is whether the weights to load back are the best ones and not the last."""

    def __init__(self, callbacks, restores_best):
        self.callbacks = callbacks
        self.restores_best = restores_best


def translate(callbacks, context):
    """Callbacks of a spec for live ones and for dictionaries (`{'class_name', 'config'}`), in their order.

    Raises InvalidArgument naming the callback, and what of it cannot be expressed.
    """
    specs = []
    restoring = None
    for index, callback in enumerate(callbacks or []):
        place = 'callbacks[{}]'.format(index)
        if isinstance(callback, dict):
            specs.append(callback)
            continue
        name = type(callback).__name__
        if name in _IMPLIED:
            continue
        # By the class itself: a subclass does something else.
        of_keras = type(callback).__module__.split('.')[0] in ('keras', 'tf_keras', 'tensorflow')
        if not of_keras or name not in _TRANSLATORS:
            raise InvalidArgument(
                '{}: {} runs Python in the training, which a job cannot; expected a dictionary, or one of {}'.format(place, name, ', '.join(sorted(_TRANSLATORS)))
            )
        spec = {'class_name': name, 'config': _TRANSLATORS[name](callback, context, place)}
        specs.append(spec)
        if getattr(callback, 'restore_best_weights', False):
            restoring = spec['config']
    if restoring is not None:
        specs.append(_best_checkpoint(specs, restoring))
    _check_rates(specs, callbacks)
    return Translated([spec for spec in specs if spec is not None], restoring is not None)


def _best_checkpoint(specs, stopping):
    """What keeps the best weights for EarlyStopping(restore_best_weights=True); None where a checkpoint does already."""
    checkpoints = [spec['config'] for spec in specs if spec.get('class_name') == 'ModelCheckpoint' and spec.get('config', {}).get('save_best_only')]
    if any(config.get('monitor', 'val_loss') == stopping['monitor'] for config in checkpoints):
        return None
    if checkpoints:
        raise InvalidArgument(
            'EarlyStopping(restore_best_weights=True): expected it to monitor what ModelCheckpoint(save_best_only=True) does, received "{}" and "{}"'.format(
                stopping['monitor'], checkpoints[0].get('monitor', 'val_loss')
            )
        )
    config = {'filepath': 'best.h5', 'monitor': stopping['monitor'], 'mode': stopping['mode'], 'save_best_only': True}
    return {'class_name': 'ModelCheckpoint', 'config': config}


def _check_rates(specs, callbacks):
    names = [spec['class_name'] for spec in specs if spec is not None]
    if 'LearningRateScheduler' in names and 'ReduceLROnPlateau' in names and any(_takes_rate(getattr(callback, 'schedule', None)) for callback in callbacks):
        raise InvalidArgument('callbacks: a schedule of (epoch, lr) beside ReduceLROnPlateau depends on the training itself; expected one of (epoch)')


def _model_checkpoint(callback, _context, place):
    frequency = getattr(callback, 'save_freq', 'epoch')
    if frequency != 'epoch':
        raise InvalidArgument('{}: ModelCheckpoint saves at the ends of epochs; expected save_freq="epoch", received {!r}'.format(place, frequency))
    if callback.save_best_only and _is_finite(getattr(callback, 'best', None)):
        raise InvalidArgument('{}: ModelCheckpoint begins with a best value of {} (initial_value_threshold, or an earlier fit); expected a new one without'.format(place, callback.best))
    return {
        'filepath': os.fspath(callback.filepath),
        'monitor': callback.monitor,
        'verbose': _verbose(callback),
        'save_best_only': bool(callback.save_best_only),
        'save_weights_only': bool(callback.save_weights_only),
        'mode': _mode(callback),
        'period': int(getattr(callback, 'period', 1)),
    }


def _early_stopping(callback, _context, place):
    _expect(callback, 'baseline', None, place)
    _expect(callback, 'start_from_epoch', 0, place)
    delta = abs(float(callback.min_delta))
    if getattr(callback, 'restore_best_weights', False) and delta > 0:
        raise InvalidArgument('{}: EarlyStopping(restore_best_weights=True): expected min_delta=0, received {}'.format(place, delta))
    patience = int(callback.patience)
    if keras_version(callback) >= (2, 0, 9):
        patience = max(patience - 1, 0)  # a job counts as Keras 2.0.8 did: it compares with `patience` before it counts the epoch
    return {'monitor': callback.monitor, 'min_delta': delta, 'patience': patience, 'verbose': _verbose(callback), 'mode': _mode(callback)}


def _reduce_lr_on_plateau(callback, _context, _place):
    config = {
        'monitor': callback.monitor,
        'factor': float(callback.factor),
        'patience': int(callback.patience),
        'verbose': _verbose(callback),
        'mode': callback.mode,
        'epsilon': abs(float(getattr(callback, 'min_delta', getattr(callback, 'epsilon', 1e-4)))),
        'cooldown': int(callback.cooldown),
        'min_lr': float(callback.min_lr),
    }
    if hasattr(callback, 'min_delta'):
        # From 2.1.6 on Keras counts before it compares. A job does so after, and counts the epoch of a cut too, unless it cools
        # down: with a cooldown of one epoch, which itself counts, it cuts in the very epochs in which such a Keras does.
        config['patience'] = max(config['patience'] - 1, 0)
        config['cooldown'] = max(config['cooldown'], 1)
    return config


def _learning_rate_scheduler(callback, context, place):
    rates, rate = [], context.learning_rate
    takes_rate = keras_version(callback) >= (2, 1, 3) and _takes_rate(callback.schedule)
    if takes_rate and rate is None:
        raise InvalidArgument('{}: a schedule of (epoch, lr) needs a learning rate that is a number; expected one of (epoch)'.format(place))
    for epoch in range(context.initial_epoch, context.epochs):
        rate = _as_rate(callback.schedule(epoch, rate) if takes_rate else callback.schedule(epoch), epoch, place)
        rates.append(rate)
    first = rates[0] if rates else 0.0
    # The list has a rate for each epoch from 0; those before the first one trained are never used.
    config = {'schedule': [first] * max(context.initial_epoch, 0 if rates else 1) + rates}
    if hasattr(callback, 'verbose'):
        config['verbose'] = _verbose(callback)
    return config


def _as_rate(value, epoch, place):
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InvalidArgument('{}: expected the schedule to answer a number, received {!r} for epoch {}'.format(place, value, epoch))


def _takes_rate(schedule):
    """Whether it can be called with (epoch, lr), as Keras tries first."""
    import inspect

    try:
        inspect.signature(schedule).bind(0, 0.0)
    except (TypeError, ValueError):
        return False
    return True


def _tensor_board(callback, _context, place):
    _expect(callback, 'update_freq', 'epoch', place)
    config = {'log_dir': os.fspath(callback.log_dir)}
    for name in ('histogram_freq', 'embeddings_freq', 'batch_size'):
        if getattr(callback, name, None) is not None:
            config[name] = int(getattr(callback, name))
    for name in ('write_graph', 'write_grads', 'write_images'):
        if hasattr(callback, name):
            config[name] = bool(getattr(callback, name))
    for name in ('embeddings_layer_names', 'embeddings_metadata'):
        if getattr(callback, name, None):
            config[name] = getattr(callback, name)
    return config


def _csv_logger(callback, _context, _place):
    filename = os.fspath(callback.filename)
    # Among the project's files there are no absolute paths.
    name = os.path.basename(filename) if os.path.isabs(filename) else os.path.normpath(filename)
    return {'filename': name.replace(os.sep, '/'), 'separator': callback.sep, 'append': bool(callback.append)}


def _remote_monitor(callback, _context, _place):
    names = ('root', 'path', 'field', 'headers', 'send_as_json')
    return {name: getattr(callback, name) for name in names if hasattr(callback, name)}


def _terminate_on_nan(_callback, _context, _place):
    return {}


_TRANSLATORS = {
    'CSVLogger': _csv_logger,
    'EarlyStopping': _early_stopping,
    'LearningRateScheduler': _learning_rate_scheduler,
    'ModelCheckpoint': _model_checkpoint,
    'ReduceLROnPlateau': _reduce_lr_on_plateau,
    'RemoteMonitor': _remote_monitor,
    'TensorBoard': _tensor_board,
    'TerminateOnNaN': _terminate_on_nan,
}


def _mode(callback):
    """`min` or `max`. Keras 2 keeps the comparison only; Keras 3 the word, and of `auto` it asks the metric later."""
    comparison = getattr(getattr(callback, 'monitor_op', None), '__name__', None)
    if comparison in ('less', 'greater'):
        return 'min' if comparison == 'less' else 'max'
    return getattr(callback, 'mode', 'auto')


def _verbose(callback):
    return max(0, min(int(callback.verbose), 2))


def _is_finite(value):
    return value is not None and abs(float(value)) != float('inf')


def _expect(callback, name, expected, place):
    value = getattr(callback, name, expected)
    if value != expected:
        raise InvalidArgument('{}: {}: a job has no {}; expected {!r}, received {!r}'.format(place, type(callback).__name__, name, expected, value))
