"""NumPy arrays as the project's files: npz archives named by what is in them, so that none is sent twice."""

import hashlib
import math
import os
import tempfile
import zipfile
from collections import OrderedDict

import numpy as np

from .errors import InvalidArgument

#: Where this client keeps what it uploads, among the project's files.
FOLDER = 'python'


class ArraySet:
    """Arrays that lie in one file, and how they feed a model: the `x`, `y` and `sample_weight` of a source."""

    def __init__(self, arrays, binding):
        self.arrays = arrays
        self.binding = binding

    def path(self):
        """The file's path: a function of names, dtypes, shapes and contents, and of nothing else."""
        digest = hashlib.sha256()
        for name, array in self.arrays.items():
            digest.update(repr((name, array.dtype.str, array.shape)).encode('utf-8'))
            digest.update(memoryview(array).cast('B') if array.size else b'')
        return '{}/arrays/{}.npz'.format(FOLDER, digest.hexdigest())

    def split(self, share):
        """The first rows and the last ones, of which there is so large a share, as two sets: Keras's validation_split."""
        at = int(math.floor(len(next(iter(self.arrays.values()))) * (1.0 - share)))
        parts = (slice(None, at), slice(at, None))
        return tuple(ArraySet(OrderedDict((name, array[part]) for name, array in self.arrays.items()), self.binding) for part in parts)

    def source(self):
        """As `data.train` or `data.validation` of a job's spec."""
        return dict(self.binding, uri='files/' + self.path())


def collect(x, y, sample_weight=None, output_names=None, what=''):
    """The arrays of a call of `fit`: each of `x`, `y` and `sample_weight` one array, a list of them, or a dictionary by name.

    `what` is prepended to the arguments' names in messages. Raises InvalidArgument for what is no array of rows.
    """
    if x is None or y is None:
        raise InvalidArgument('{}: expected arrays, received None'.format(what + ('x' if x is None else 'y')))
    arrays, binding = OrderedDict(), {}
    binding['x'] = _add(arrays, 'x', x, what + 'x')
    binding['y'] = _add(arrays, 'y', y, what + 'y')
    if sample_weight is not None:
        bound = _add(arrays, 'w', sample_weight, what + 'sample_weight')
        binding['sample_weight'] = _by_output(bound, output_names, what)
    rows = {name: len(array) for name, array in arrays.items()}
    if len(set(rows.values())) > 1:
        counts = ', '.join('{}: {}'.format(name, count) for name, count in rows.items())
        raise InvalidArgument('{}expected as many rows in every array, received {}'.format(what and what + ' ', counts))
    return ArraySet(arrays, binding)


def _add(arrays, prefix, value, what):
    """Adds what an argument holds, and answers how a source names it: one name, a list, or a dictionary."""
    if isinstance(value, dict):
        names = {key: '{}_{}'.format(prefix, index) for index, key in enumerate(value)}
        for key, name in names.items():
            arrays[name] = as_rows(value[key], '{}[{!r}]'.format(what, key))
        return names
    if is_several(value):
        if len(value) == 1:
            return _add(arrays, prefix, value[0], what)
        names = ['{}_{}'.format(prefix, index) for index in range(len(value))]
        for index, name in enumerate(names):
            arrays[name] = as_rows(value[index], '{}[{}]'.format(what, index))
        return names
    arrays[prefix] = as_rows(value, what)
    return prefix


def is_several(value):
    """Whether a list is one of arrays, for several inputs or outputs, and not of one array's rows."""
    return isinstance(value, (list, tuple)) and len(value) > 0 and all(getattr(item, 'ndim', 0) > 0 for item in value)


def as_rows(value, what):
    """An array as it is sent: in C order, doubles as the float32 that Keras makes of them. Raises InvalidArgument."""
    if hasattr(value, '__next__') or not (hasattr(value, '__len__') or hasattr(value, '__array__')):
        raise InvalidArgument('{}: expected arrays, received {}; what is read piece by piece is uploaded as files, and submitted as a spec'.format(what, type(value).__name__))
    array = np.asarray(value)
    if array.ndim == 0:
        raise InvalidArgument('{}: expected an array with a row a sample, received the single value {!r}'.format(what, value))
    if array.dtype.kind not in 'fiub':
        raise InvalidArgument('{}: expected numbers, received an array of {}; text is uploaded as csv or jsonl, and submitted as a spec'.format(what, array.dtype))
    if array.dtype.kind == 'f' and array.dtype.itemsize > 4:
        array = array.astype(np.float32)
    return np.ascontiguousarray(array)


def _by_output(bound, output_names, what):
    if not isinstance(bound, list):
        return bound
    if output_names is None or len(output_names) != len(bound):
        raise InvalidArgument('{}sample_weight: expected one array for each of the outputs {}, received {}'.format(what, output_names, len(bound)))
    return dict(zip(output_names, bound))


def write_npz(file, arrays):
    """Writes an npz archive of arrays. Equal arrays give equal bytes: entries bear no time."""
    with zipfile.ZipFile(file, 'w', zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(name + '.npy', date_time=(1980, 1, 1, 0, 0, 0))
            with archive.open(entry, 'w', force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def upload(client, array_set):
    """Stores the arrays among the project's files, where they are not there already, and answers the source that names them."""
    path = array_set.path()
    if not client.has_file(path):
        handle, temporary = tempfile.mkstemp(suffix='.npz')
        try:
            with os.fdopen(handle, 'wb') as file:
                write_npz(file, array_set.arrays)
            client.upload_file(temporary, path)
        finally:
            os.remove(temporary)
    return array_set.source()
