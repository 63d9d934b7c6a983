"""What people write by hand: a FastAPI application that answers from a Keras model, in one process of uvicorn."""

from keras_models import Model


def versions() -> dict:
    import fastapi
    import keras

    return {'fastapi': fastapi.__version__, 'keras': keras.__version__}


def serve(models: list, port: int, folder: str, server: str) -> None:
    import fastapi
    import uvicorn
    from pydantic import BaseModel

    loaded = {model['name']: Model(model['file'], model['dtype'], model['row']) for model in models}
    app = fastapi.FastAPI()

    class Rows(BaseModel):
        instances: list

    @app.get('/healthz')
    def healthz():
        return {'status': 'ok'}

    @app.post('/predict/{name}')
    def predict(name: str, rows: Rows):
        return {'predictions': loaded[name].predict(rows.instances).tolist()}

    uvicorn.run(app, host='127.0.0.1', port=port, log_level='warning', access_log=False)
