"""Genuine Keras 2.0.8 on TensorFlow 2.21."""

import os
import sys


def load(packages: str) -> dict:
    sys.path.insert(0, os.path.join(packages, 'keras208'))
    import keras208_shim
    import keras

    return {'keras': keras.__version__, 'tensorflow': keras208_shim.tf1.VERSION}


def build(model: dict):
    import json

    from keras.models import model_from_json

    return model_from_json(json.dumps(model))


def compile_arguments(spec: dict) -> dict:
    from keras import optimizers

    return {**spec, 'optimizer': optimizers.get(spec['optimizer'])}
