"""Writes model.json: python3 model.py (Keras 2.0.8; any later Keras gives a model that trains the same way)."""
from pathlib import Path

from keras.layers import Dense
from keras.models import Sequential

model = Sequential()
model.add(Dense(16, activation="relu", input_dim=4))
model.add(Dense(16, activation="relu"))
model.add(Dense(3, activation="softmax"))

Path(__file__).with_name("model.json").write_text(model.to_json(indent=1) + "\n")
