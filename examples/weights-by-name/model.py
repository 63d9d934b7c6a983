"""Puts the model into job.json: python3 model.py (Keras 2.0.8)"""
import sys
from pathlib import Path

from keras.layers import Dense
from keras.models import Sequential

sys.path.append(str(Path(__file__).parent.parent))
from job_json import put_model

model = Sequential()
model.add(Dense(64, activation="relu", input_dim=20, name="dense_1"))  # of ../mlp-multiclass: its weights are loaded
model.add(Dense(3, activation="softmax", name="new_dense"))  # will not be loaded

put_model(model, __file__)
