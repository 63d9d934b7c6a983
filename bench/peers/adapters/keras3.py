"""Keras 3 on TensorFlow (compiling with XLA where Keras thinks it right, or never) and on JAX."""

import os


class Keras3:
    def __init__(self, backend: str, jit_compile):
        self.backend = backend
        self.jit_compile = jit_compile

    def load(self, packages: str) -> dict:
        os.environ['KERAS_BACKEND'] = self.backend
        import importlib

        import keras

        return {'keras': keras.__version__, self.backend: importlib.import_module(self.backend).__version__}

    def build(self, model: dict):
        # What Keras 3 itself reads the model_config of .h5 files with.
        from keras.src.legacy.saving.saving_utils import model_from_config

        return model_from_config(modernized(model))

    def compile_arguments(self, spec: dict) -> dict:
        import keras

        optimizer = spec['optimizer']
        if isinstance(optimizer, dict):
            config = dict(optimizer['config'])
            rate, decay = config.pop('lr'), config.pop('decay', 0)
            # Keras 2's lr / (1 + decay * iterations)
            schedule = keras.optimizers.schedules.InverseTimeDecay(rate, 1, decay) if decay else rate
            optimizer = getattr(keras.optimizers, optimizer['class_name'])(learning_rate=schedule, **config)
        return {**spec, 'optimizer': optimizer, 'jit_compile': self.jit_compile}


def one(values: list):
    return values[0] if len(values) == 1 else values


def modernized(layer: dict) -> dict:
    """A layer's or model's description by Keras 2.0 as Keras 2.3 and later wrote it, which Keras 3 can read."""
    config = layer['config']
    if layer['class_name'] == 'Sequential':
        layers = [modernized(inner) for inner in config]
        first = layers[0]['config']
        if 'batch_input_shape' in first:
            batch_shape, dtype = first.pop('batch_input_shape'), first.pop('dtype')
            layers.insert(0, {'class_name': 'InputLayer', 'config': {'batch_shape': batch_shape, 'dtype': dtype}})
        return {**layer, 'config': {'name': layer.get('name', 'sequential'), 'layers': layers}}
    if layer['class_name'] == 'Model':
        return {**layer, 'module': 'keras.src.models.functional', 'class_name': 'Functional', 'config': modernized_graph(config)}
    config = {key: value for key, value in config.items() if key != 'input_length'}
    if 'layer' in config:
        config['layer'] = modernized(config['layer'])
    return {**layer, 'config': config}


def modernized_graph(config: dict) -> dict:
    """A model's first node was its own definition in Keras 2; in Keras 3 it is its first call."""
    models = {layer['name'] for layer in config['layers'] if layer['class_name'] in ('Sequential', 'Model')}

    def call(reference: list) -> list:
        name, node, *rest = reference
        return [name, node - 1 if name in models else node, *rest]

    layers = [
        {**modernized(layer), 'inbound_nodes': [[call(reference) for reference in node] for node in layer['inbound_nodes']]}
        for layer in config['layers']
    ]
    outputs = [call(reference) for reference in config['output_layers']]
    # A model of one input takes a tensor, not a list of one.
    return {**config, 'layers': layers, 'input_layers': one(config['input_layers']), 'output_layers': one(outputs)}
