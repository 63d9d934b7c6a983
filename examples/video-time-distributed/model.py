"""Puts the model into job.json: python3 model.py (Keras 2.0.8)"""
import sys
from pathlib import Path

from keras.layers import LSTM, Dense, Input, TimeDistributed
from keras.models import Model

sys.path.append(str(Path(__file__).parent.parent))
from job_json import put_model

# The image classifier of ../functional-mlp, applied to each of 20 frames.
inputs = Input(shape=(784,))
x = Dense(64, activation="relu")(inputs)
x = Dense(64, activation="relu")(x)
image_model = Model(inputs=inputs, outputs=Dense(10, activation="softmax")(x))

input_sequences = Input(shape=(20, 784))
processed_sequences = TimeDistributed(image_model, name="frames")(input_sequences)
video_class = Dense(2, activation="softmax")(LSTM(16)(processed_sequences))
model = Model(inputs=input_sequences, outputs=video_class)

put_model(model, __file__)
