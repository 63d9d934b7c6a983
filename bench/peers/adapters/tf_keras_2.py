"""tf-keras 2.21: the Keras 2 that TensorFlow still maintains."""


def load(packages: str) -> dict:
    import tensorflow
    import tf_keras

    return {'keras': tf_keras.__version__, 'tensorflow': tensorflow.__version__}


def build(model: dict):
    import json

    from tf_keras.models import model_from_json

    return model_from_json(json.dumps(model))


def compile_arguments(spec: dict) -> dict:
    from tf_keras import optimizers

    optimizer = spec['optimizer']
    if isinstance(optimizer, dict):
        # `decay` is an argument of the legacy optimizers only.
        config = dict(optimizer['config'])
        optimizer = getattr(optimizers.legacy, optimizer['class_name'])(learning_rate=config.pop('lr'), **config)
    return {**spec, 'optimizer': optimizer}
