"""Puts the model into job.json: python3 model.py (Keras 2.0.8)"""
import sys
from pathlib import Path

import keras
from keras.layers import LSTM, Dense, Embedding, Input
from keras.models import Model

sys.path.append(str(Path(__file__).parent.parent))
from job_json import put_model

main_input = Input(shape=(100,), dtype="int32", name="main_input")
x = Embedding(output_dim=64, input_dim=1000, input_length=100)(main_input)
lstm_out = LSTM(32)(x)
auxiliary_output = Dense(1, activation="sigmoid", name="aux_output")(lstm_out)

auxiliary_input = Input(shape=(5,), name="aux_input")
x = keras.layers.concatenate([lstm_out, auxiliary_input])
x = Dense(64, activation="relu")(x)
x = Dense(64, activation="relu")(x)
x = Dense(64, activation="relu")(x)
main_output = Dense(1, activation="sigmoid", name="main_output")(x)

model = Model(inputs=[main_input, auxiliary_input], outputs=[main_output, auxiliary_output])

put_model(model, __file__)
