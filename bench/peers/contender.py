"""A peer with a case: the model compiled, the data in memory, `fit` and `predict_on_batch` timed."""

import math
import time

import numpy as np

from case_data import make_array


def one(values: list):
    return values[0] if len(values) == 1 else values


class Contender:
    def __init__(self, adapter, versions: dict, case: dict, spawned_at: float):
        """Builds the model and trains one batch. `spawned_at`: when the process was started, in seconds since 1970."""
        started = time.time()
        random = np.random.RandomState(0)
        self.batch_size, self.rows = case['batch_size'], case['rows']
        self.x = [make_array(spec, self.rows, random) for spec in case['inputs']]
        self.y = [make_array(spec, self.rows, random) for spec in case['targets']]
        data_s = time.time() - started
        self.versions = versions
        self.model = adapter.build(case['model'])
        self.model.compile(**adapter.compile_arguments(case['compile']))
        self._fit(self.batch_size, 1)
        self.first_step_s = time.time() - spawned_at - data_s
        self.epochs = 1

    def _fit(self, rows: int, epochs: int):
        x, y = one([a[:rows] for a in self.x]), one([a[:rows] for a in self.y])
        return self.model.fit(x, y, batch_size=self.batch_size, epochs=epochs, verbose=0)

    @property
    def steps_per_epoch(self) -> int:
        return math.ceil(self.rows / self.batch_size)

    def describe(self) -> dict:
        return {
            'versions': self.versions,
            'params': int(self.model.count_params()),
            'steps_per_epoch': self.steps_per_epoch,
            'first_step_s': self.first_step_s,
        }

    def warm_up(self, seconds: float) -> dict:
        """Trains until nothing is new, and settles how many epochs take about `seconds`."""
        self._fit(self.rows, 1)
        taken = self._timed_fit(1)
        while taken < seconds / 4 and self.epochs < 1024:
            self.epochs *= 4
            taken = self._timed_fit(self.epochs)
        self.epochs = max(1, round(self.epochs * seconds / taken))
        return {'epochs': self.epochs}

    def _timed_fit(self, epochs: int) -> float:
        started = time.perf_counter()
        self.history = self._fit(self.rows, epochs)
        return time.perf_counter() - started

    def fit(self) -> dict:
        taken = self._timed_fit(self.epochs)
        losses = [float(loss) for loss in self.history.history['loss']]
        steps = self.epochs * self.steps_per_epoch
        return {'ms_per_step': taken * 1e3 / steps, 'steps': steps, 'epochs_in_history': len(losses), 'loss': losses[-1]}

    def predict(self, rows: int, calls: int) -> dict:
        """Milliseconds of `calls` predictions of `rows` rows."""
        x = one([a[np.arange(rows) % len(a)] for a in self.x])
        taken = []
        for _ in range(calls):
            started = time.perf_counter()
            outputs = self.model.predict_on_batch(x)
            for output in outputs if isinstance(outputs, (list, tuple)) else [outputs]:
                np.asarray(output)  # tf-keras and Keras 3 may answer before the values are there
            taken.append((time.perf_counter() - started) * 1e3)
        return {'ms': taken}
