"""Puts the model into job.json: python3 model.py (Keras 2.0.8)"""
import sys
from pathlib import Path

from keras.layers import Dense
from keras.models import Sequential

sys.path.append(str(Path(__file__).parent.parent))
from job_json import put_model

# Four measurements, three islands, and three words for the sex.
model = Sequential()
model.add(Dense(16, activation="relu", input_dim=10))
model.add(Dense(16, activation="relu"))
model.add(Dense(3, activation="softmax"))

put_model(model, __file__)
