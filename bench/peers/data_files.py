#!/usr/bin/env python3
"""Reads a folder of training data from the disk, as trainings in Python do: passes over all rows in batches, nothing trained.

    data_files.py --reader tf_data|flow_from_directory --packages FOLDER [--versions]

Requests: {"op": "open", "files": {…}}, answered with the number of rows, and {"op": "read", "passes": 2}, answered with
the rows and seconds of so many passes. `files` has `folder`, `batch_size` and `scale` (of x, or null); for .npz `format`
"npz" and the arrays' names `x` and `y`; for a folder a class `format` "images" and `target_size`. `--versions` prints what
would be used, and ends.
"""

import argparse
import json
import sys

from protocol import open_answers, serve, use_packages


class TfData:
    """`tf.data`, with what its guide on performance advises: parallel maps, prefetch, as many threads as it thinks right."""

    def load(self, packages: str) -> dict:
        import tensorflow

        return {'tensorflow': tensorflow.__version__}

    def open(self, files: dict) -> int:
        self.dataset = tf_images(files) if files['format'] == 'images' else tf_npz(files)
        return self.read()

    def read(self) -> int:
        return sum(int(x.shape[0]) for x, _ in self.dataset)


def tf_images(files: dict):
    import os

    import tensorflow as tf

    folder = files['folder']
    classes = sorted(os.listdir(folder))
    paths, labels = [], []
    for label, name in enumerate(classes):
        for file in sorted(os.listdir(os.path.join(folder, name))):
            paths.append(os.path.join(folder, name, file))
            labels.append(label)

    def decode(path, label):
        image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
        image = tf.image.resize(image, files['target_size'], method='nearest')
        return tf.cast(image, tf.float32) * files['scale'], tf.one_hot(label, len(classes))

    dataset = tf.data.Dataset.from_tensor_slices((paths, labels)).map(decode, num_parallel_calls=tf.data.AUTOTUNE)
    return dataset.batch(files['batch_size']).prefetch(tf.data.AUTOTUNE)


def tf_npz(files: dict):
    import glob
    import os

    import numpy as np
    import tensorflow as tf

    paths = sorted(glob.glob(os.path.join(files['folder'], '*.npz')))
    names = [files['x'], files['y']]
    with np.load(paths[0]) as first:
        specs = [(first[name].dtype, (None, *first[name].shape[1:])) for name in names]

    def load(path):
        with np.load(path.decode()) as arrays:
            return [arrays[name] for name in names]

    def shard(path):
        arrays = tf.numpy_function(load, [path], [dtype for dtype, _ in specs])
        return tuple(tf.ensure_shape(array, shape) for array, (_, shape) in zip(arrays, specs))

    dataset = tf.data.Dataset.from_tensor_slices(paths).map(shard, num_parallel_calls=tf.data.AUTOTUNE)
    dataset = dataset.rebatch(files['batch_size'])
    scale = files['scale']
    if scale is not None:
        rescale = lambda x, y: (tf.cast(x, tf.float32) * scale, y)
        dataset = dataset.map(rescale, num_parallel_calls=tf.data.AUTOTUNE)
    return dataset.prefetch(tf.data.AUTOTUNE)


class FlowFromDirectory:
    """Genuine Keras 2.0.8's generator of images: what the one thread of its `fit_generator` takes them from."""

    def load(self, packages: str) -> dict:
        from adapters import keras208

        versions = keras208.load(packages)
        import PIL

        return {**versions, 'pillow': PIL.__version__}

    def open(self, files: dict) -> int:
        from keras.preprocessing.image import ImageDataGenerator

        generator = ImageDataGenerator(rescale=files['scale'])
        self.images = generator.flow_from_directory(
            files['folder'], target_size=tuple(files['target_size']), batch_size=files['batch_size'], shuffle=False
        )
        return self.read()

    def read(self) -> int:
        rows = 0
        while rows < self.images.samples:
            x, _ = next(self.images)
            rows += len(x)
        return rows


READERS = {'tf_data': TfData, 'flow_from_directory': FlowFromDirectory}


def answer_with(reader):
    import time

    def answer(request: dict) -> dict:
        if request['op'] == 'open':
            return {'rows': reader.open(request['files'])}
        if request['op'] == 'read':
            started = time.perf_counter()
            rows = sum(reader.read() for _ in range(request['passes']))
            return {'rows': rows, 'seconds': time.perf_counter() - started}
        raise ValueError(f'op: expected open or read, received {request["op"]}')

    return answer


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--reader', required=True, choices=READERS)
    parser.add_argument('--packages', required=True, help='the folder that install-peers.mjs made')
    parser.add_argument('--versions', action='store_true')
    arguments = parser.parse_args()
    answers = open_answers()
    use_packages(arguments.packages)
    reader = READERS[arguments.reader]()
    versions = {'python': sys.version.split()[0], **reader.load(arguments.packages)}
    if arguments.versions:
        answers.write(json.dumps(versions) + '\n')
        return
    serve(answer_with(reader), answers)


if __name__ == '__main__':
    main()
