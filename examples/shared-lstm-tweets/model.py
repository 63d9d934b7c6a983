"""Puts the model into job.json: python3 model.py (Keras 2.0.8)"""
import sys
from pathlib import Path

import keras
from keras.layers import LSTM, Dense, Input
from keras.models import Model

sys.path.append(str(Path(__file__).parent.parent))
from job_json import put_model

tweet_a = Input(shape=(140, 256), name="tweet_a")
tweet_b = Input(shape=(140, 256), name="tweet_b")

# One layer, called twice: both tweets are encoded by the same weights.
shared_lstm = LSTM(64)
encoded_a = shared_lstm(tweet_a)
encoded_b = shared_lstm(tweet_b)

merged_vector = keras.layers.concatenate([encoded_a, encoded_b], axis=-1)
predictions = Dense(1, activation="sigmoid")(merged_vector)
model = Model(inputs=[tweet_a, tweet_b], outputs=predictions)

put_model(model, __file__)
