"""A Keras model for MLServer."""

from keras_models import Model
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse


class KerasModel(MLModel):
    async def load(self) -> bool:
        about = self.settings.parameters.extra
        self.keras = Model(about['file'], about['dtype'], about['row'])
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        rows = NumpyCodec.decode_input(payload.inputs[0])
        return InferenceResponse(model_name=self.name, outputs=[NumpyCodec.encode_output('output', self.keras.predict(rows))])
