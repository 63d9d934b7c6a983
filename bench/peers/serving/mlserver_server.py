"""MLServer with a model class of its own for Keras, as its documentation has it; with adaptive batching where that is asked for."""

import json
import os
import sys


def versions() -> dict:
    import keras
    import mlserver

    return {'mlserver': mlserver.__version__, 'keras': keras.__version__}


def serve(models: list, port: int, folder: str, server: str) -> None:
    root = os.path.join(folder, server)
    write(os.path.join(root, 'settings.json'), {'host': '127.0.0.1', 'http_port': port, 'grpc_port': port + 1, 'metrics_port': port + 2, 'parallel_workers': 0, 'debug': False})
    batching = {'max_batch_size': 32, 'max_batch_time': 0.005} if server == 'mlserver_batching' else {}
    for model in models:
        settings = {'name': model['name'], 'implementation': 'mlserver_keras.KerasModel', 'parameters': {'uri': model['file'], 'extra': model}, **batching}
        write(os.path.join(root, model['name'], 'model-settings.json'), settings)
    from mlserver.cli import main

    sys.argv = ['mlserver', 'start', root]
    main()


def write(file: str, content: dict) -> None:
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, 'w') as out:
        json.dump(content, out)
