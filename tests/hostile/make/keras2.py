"""Small sound models in Keras 2's JSON, to be damaged in one place each."""


def layer(class_name, name, **config):
    return {'class_name': class_name, 'config': {'name': name, 'trainable': True, **config}}


def dense(name='dense_1', units=3, **config):
    return layer('Dense', name, **{'units': units, 'activation': 'linear', 'use_bias': True, **config})


def model(class_name, config):
    return {'class_name': class_name, 'config': config, 'keras_version': '2.0.8', 'backend': 'tensorflow'}


def sequential(*layers, shape=(None, 4)):
    first, *rest = layers
    given = first['config'] if isinstance(first.get('config'), dict) else None
    if given is not None and 'batch_input_shape' not in given:
        given['batch_input_shape'] = list(shape) if isinstance(shape, tuple) else shape
        given.setdefault('dtype', 'float32')
    return model('Sequential', [first, *rest])


def images(*layers):
    return sequential(*layers, shape=(None, 8, 8, 2))


def sequences(*layers):
    return sequential(*layers, shape=(None, 5, 4))


def conv(**config):
    return layer('Conv2D', 'conv2d_1', **{'filters': 2, 'kernel_size': [3, 3], 'strides': [1, 1], 'padding': 'valid', 'data_format': 'channels_last', 'dilation_rate': [1, 1],
                                          'activation': 'linear', 'use_bias': True, **config})


def pooling(**config):
    return layer('MaxPooling2D', 'max_pooling2d_1', **{'pool_size': [2, 2], 'strides': [2, 2], 'padding': 'valid', 'data_format': 'channels_last', **config})


def lstm(name='lstm_1', units=3, **config):
    return layer('LSTM', name, **{'units': units, 'activation': 'tanh', 'recurrent_activation': 'hard_sigmoid', **config})


def called(described, *inbound):
    """A layer of a functional model, called once on (layer, node, tensor) of each of `inbound`."""
    node = [[[ref, 0, 0, {}] if isinstance(ref, str) else [*ref, {}] for ref in inbound]]
    name = described['config']['name'] if isinstance(described['config'], dict) else described['name']
    return {'class_name': described['class_name'], 'name': name, 'config': described['config'], 'inbound_nodes': node if inbound else []}


def input_layer(name='input_1', shape=(None, 4)):
    return called(layer('InputLayer', name, batch_input_shape=list(shape), dtype='float32', sparse=False))


def functional(layers, inputs=(('input_1', 0, 0),), outputs=(('dense_2', 0, 0),), name='model_1'):
    return model('Model', {'name': name, 'layers': layers, 'input_layers': [list(ref) for ref in inputs], 'output_layers': [list(ref) for ref in outputs]})


def two_layers():
    """input_1 → dense_1 → dense_2."""
    return [input_layer(), called(dense(), 'input_1'), called(dense('dense_2'), 'dense_1')]
