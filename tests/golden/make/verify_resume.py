"""Proves with genuine Keras 2.0.8 that every whole_model.h5, loaded and trained one step, gives the resume_* figures of its expected.json."""

import sys
import os
import json
import glob

from paths import GOLDEN, K208

sys.path.insert(0, K208)
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import k208shim
import keras
import numpy as np

for d in sorted(glob.glob(GOLDEN + '/c*')):
    s = json.load(open(d + '/spec.json'))
    e = json.load(open(d + '/expected.json'))
    ld = lambda r: [np.load(f'{d}/{f}') for f in s['data'].get(r, [])]
    one = lambda v: v[0] if len(v) == 1 else v
    keras.backend.clear_session()
    try:
        m = keras.models.load_model(d + '/whole_model.h5')
        bs = s['fit']['batch_size']
        X = [a[:bs] for a in ld('x')]
        Y = [a[:bs] for a in ld('y')]
        w = [a[:bs] for a in ld('sample_weight')]
        l = np.atleast_1d(m.train_on_batch(one(X), one(Y), **({'sample_weight': one(w)} if w else {})))
        r = [float(np.sqrt((np.asarray(q, 'f8') ** 2).sum())) for q in m.get_weights()]
        print(
            os.path.basename(d),
            'loss diff %.2g' % abs(l - np.array(e['resume_train_on_batch'])[: len(l)]).max(),
            'weights %.2g' % abs(np.array(r) - e['resume_weights_l2']).max(),
            len(l),
            len(e['resume_train_on_batch']),
        )
    except Exception as x:
        print(os.path.basename(d), 'ERR', str(x)[:150])
