"""Puts the model into job.json: python3 model.py (Keras 2.0.8)"""
import sys
from pathlib import Path

from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential

sys.path.append(str(Path(__file__).parent.parent))
from job_json import put_model

model = Sequential()
model.add(Conv2D(16, (3, 3), activation="relu", padding="same", input_shape=(8, 8, 1)))
model.add(Conv2D(32, (3, 3), activation="relu", padding="same"))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))

model.add(Flatten())
model.add(Dense(64, activation="relu"))
model.add(Dropout(0.5))
model.add(Dense(10, activation="softmax"))

put_model(model, __file__)
