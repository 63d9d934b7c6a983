"""Puts the model into job.json: python3 model.py (Keras 2.0.8)"""
import sys
from pathlib import Path

import keras
from keras.layers import Conv2D, Dense, GlobalAveragePooling2D, Input
from keras.models import Model

sys.path.append(str(Path(__file__).parent.parent))
from job_json import put_model

a = Input(shape=(32, 32, 3), name="a")
b = Input(shape=(64, 64, 3), name="b")

conv = Conv2D(16, (3, 3), padding="same", name="conv")
conved_a = conv(a)
conved_b = conv(b)  # node 1: conv.get_output_shape_at(1) == (None, 64, 64, 16)

pool = GlobalAveragePooling2D()
merged = keras.layers.concatenate([pool(conved_a), pool(conved_b)])
model = Model(inputs=[a, b], outputs=Dense(1, activation="sigmoid")(merged))

put_model(model, __file__)
