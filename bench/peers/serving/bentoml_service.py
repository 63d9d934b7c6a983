"""The service: a route for each model, by its name with underscores."""

import json
import os

import bentoml
import numpy as np

from keras_models import Model

SERVED = json.loads(os.environ['SERVED_MODELS'])


def route(name: str):
    def predict(self, instances: np.ndarray) -> np.ndarray:
        return self.models[name].predict(instances)

    predict.__name__ = name  # by which BentoML looks for it
    return bentoml.api(route=f'/{name}', name=name, batchable=True, max_batch_size=32, max_latency_ms=60_000)(predict)


class Served:
    def __init__(self):
        self.models = {key(model): Model(model['file'], model['dtype'], model['row']) for model in SERVED}


def key(model: dict) -> str:
    return model['name'].replace('-', '_')


for model in SERVED:
    setattr(Served, key(model), route(key(model)))

KerasService = bentoml.service(name='keras', workers=1, traffic={'timeout': 60})(Served)
