#!/usr/bin/env python3
"""Times the writing and reading of one model's .h5 file: by h5py, weights alone, and by genuine Keras 2.0.8, the whole model.

    h5_files.py --packages FOLDER

Requests: {"op": "prepare", "model": …, "folder": "…"}, answered with the file that Keras saved and its size, and
{"op": "time", "what": "write"|"read"|"save"|"load", "calls": 3}, answered with the milliseconds of each call.
"""

import argparse
import json
import os
import time

from protocol import open_answers, serve, use_packages


def answer_bytes() -> None:
    """Text attributes as bytes, as h5py 2 answered them: Keras 2.0.8 decodes them."""
    import h5py

    get = h5py.AttributeManager.__getitem__

    def get_bytes(self, name):
        value = get(self, name)
        if getattr(value, 'dtype', None) == object:
            return [text.encode() if isinstance(text, str) else text for text in value]
        return value.encode() if isinstance(value, str) else value

    h5py.AttributeManager.__getitem__ = get_bytes


class H5Files:
    def prepare(self, model: dict, folder: str) -> dict:
        from keras.models import model_from_json

        self.saved = os.path.join(folder, 'keras.h5')
        self.written = os.path.join(folder, 'h5py.h5')
        self.own = os.path.join(folder, 'keras-again.h5')
        self.model = model_from_json(json.dumps(model))
        self.model.compile(optimizer='sgd', loss='mse')
        self.model.save(self.saved)
        self.layers = self.read()
        return {'path': self.saved, 'bytes': os.path.getsize(self.saved)}

    def write(self) -> None:
        """Arrays in memory to datasets, grouped and named as Keras does."""
        import h5py
        import numpy as np

        with h5py.File(self.written, 'w') as file:
            group = file.create_group('model_weights')
            group.attrs['layer_names'] = [name.encode() for name, _ in self.layers]
            for layer, weights in self.layers:
                datasets = group.create_group(layer)
                datasets.attrs['weight_names'] = [name.encode() for name, _ in weights]
                for name, values in weights:
                    datasets.create_dataset(name, values.shape, dtype=values.dtype)[:] = np.asarray(values)

    def read(self) -> list:
        """All datasets to arrays in memory, found as Keras finds them."""
        import h5py
        import numpy as np

        with h5py.File(self.saved, 'r') as file:
            group = file['model_weights']
            names = [name.decode() for name in group.attrs['layer_names']]
            listed = {layer: [name.decode() for name in group[layer].attrs['weight_names']] for layer in names}
            return [(layer, [(name, np.asarray(group[layer][name])) for name in listed[layer]]) for layer in names]

    def save(self) -> None:
        self.model.save(self.own)

    def load(self) -> None:
        from keras.models import load_model

        self.model = load_model(self.saved)

    def time(self, what: str, calls: int) -> dict:
        from keras import backend

        actions = {'write': self.write, 'read': self.read, 'save': self.save, 'load': self.load}
        taken = []
        for _ in range(calls):
            if what == 'load':
                backend.clear_session()  # else each load would find a larger graph than the one before
            started = time.perf_counter()
            actions[what]()
            taken.append((time.perf_counter() - started) * 1e3)
        return {'ms': taken}

    def answer(self, request: dict) -> dict:
        if request['op'] == 'prepare':
            return self.prepare(request['model'], request['folder'])
        if request['op'] == 'time':
            return self.time(request['what'], request['calls'])
        raise ValueError(f'op: expected prepare or time, received {request["op"]}')


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--packages', required=True, help='the folder that install-peers.mjs made')
    arguments = parser.parse_args()
    answers = open_answers()
    use_packages(arguments.packages)
    from adapters import keras208

    keras208.load(arguments.packages)
    answer_bytes()
    serve(H5Files().answer, answers)


if __name__ == '__main__':
    main()
