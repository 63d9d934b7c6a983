"""Puts the model into job.json: python3 model.py (Keras 2.0.8)"""
import sys
from pathlib import Path

from keras.layers import LSTM, Dense, Dropout, Embedding
from keras.models import Sequential

sys.path.append(str(Path(__file__).parent.parent))
from job_json import put_model

num_words = 10000
maxlen = 150

model = Sequential()
model.add(Embedding(num_words, 32, input_length=maxlen))
model.add(LSTM(32))
model.add(Dropout(0.5))
model.add(Dense(1, activation="sigmoid"))

put_model(model, __file__)
