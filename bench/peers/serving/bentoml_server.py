"""BentoML with a service that joins requests to batches of up to 32 rows."""

import json
import os
import sys


def versions() -> dict:
    import bentoml
    import keras

    return {'bentoml': bentoml.__version__, 'keras': keras.__version__}


def serve(models: list, port: int, folder: str, server: str) -> None:
    os.environ.update(BENTOML_HOME=os.path.join(folder, 'bentoml'), BENTOML_DO_NOT_TRACK='True', SERVED_MODELS=json.dumps(models))
    here = os.path.dirname(os.path.abspath(__file__))
    os.execv(sys.executable, [sys.executable, '-s', '-m', 'bentoml', 'serve', 'bentoml_service:KerasService', '--host', '127.0.0.1', '--port', str(port), '--working-dir', here])
