"""Puts the model into job.json: python3 model.py (Keras 2.0.8)"""
import sys
from pathlib import Path

import keras
from keras.layers import LSTM, Conv2D, Dense, Embedding, Flatten, Input, MaxPooling2D
from keras.models import Model, Sequential

sys.path.append(str(Path(__file__).parent.parent))
from job_json import put_model

first = {"activation": "relu", "data_format": "channels_first"}
pool = {"data_format": "channels_first"}

vision_model = Sequential(name="vision_model")
vision_model.add(Conv2D(8, (3, 3), padding="same", input_shape=(3, 56, 56), **first))
vision_model.add(Conv2D(8, (3, 3), **first))
vision_model.add(MaxPooling2D((2, 2), **pool))
vision_model.add(Conv2D(16, (3, 3), padding="same", **first))
vision_model.add(Conv2D(16, (3, 3), **first))
vision_model.add(MaxPooling2D((2, 2), **pool))
vision_model.add(Conv2D(32, (3, 3), padding="same", **first))
vision_model.add(Conv2D(32, (3, 3), **first))
vision_model.add(Conv2D(32, (3, 3), **first))
vision_model.add(MaxPooling2D((2, 2), **pool))
vision_model.add(Flatten())

image_input = Input(shape=(3, 56, 56), name="image")
encoded_image = vision_model(image_input)

question_input = Input(shape=(100,), dtype="int32", name="question")
embedded_question = Embedding(input_dim=1000, output_dim=64, input_length=100)(question_input)
encoded_question = LSTM(64)(embedded_question)

merged = keras.layers.concatenate([encoded_question, encoded_image])
output = Dense(1000, activation="softmax", name="answer")(merged)
model = Model(inputs=[image_input, question_input], outputs=output)

put_model(model, __file__)
