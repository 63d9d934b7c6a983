"""A small sound model in Keras 3's JSON, to be damaged in one place each."""
BYTECODE = '4wEAAAAAAAAAAAAAAAEAAAACAAAAQwAAAHMIAAAAdABqAaAAUwApAU4='


def of(class_name, config, module='keras.layers', registered=None):
    return {'module': module, 'class_name': class_name, 'config': config, 'registered_name': registered}


def sequential3(*layers):
    first = of('InputLayer', {'batch_shape': [None, 4], 'dtype': 'float32', 'sparse': False, 'name': 'input_layer'})
    return {**of('Sequential', {'name': 'sequential', 'trainable': True, 'dtype': 'float32', 'layers': [first, *layers], 'build_input_shape': [None, 4]}, 'keras'), 'build_config': {'input_shape': [None, 4]}}


def dense3(**config):
    return of('Dense', {'name': 'dense', 'trainable': True, 'dtype': 'float32', 'units': 3, 'activation': 'linear', 'use_bias': True, **config})


def evil(module, name):
    return of(name, {'command': 'id > /tmp/owned'}, module, name)


def lambda_value():
    """What Keras 3 writes of a lambda."""
    return {'class_name': '__lambda__', 'config': {'value': BYTECODE, 'defaults': None, 'closure': None}}
