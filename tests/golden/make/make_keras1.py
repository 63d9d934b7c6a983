"""Genuine Keras 1.2.2 artefacts: JSON, YAML, weights h5, whole-model h5, predictions. Then Keras 2.0.8 loads them (stage 2)."""

import os
import sys
import json

from paths import GOLDEN, K122, K208

OUT = os.path.join(os.environ.get('GOLDEN_OUT', GOLDEN), 'k1_keras122')
os.makedirs(OUT, exist_ok=True)
import base64
import numpy as np


def b64(a):
    a = np.asarray(a)
    a = a.astype('<f4') if a.dtype.kind == 'f' else a.astype('<i4')
    return {
        'dtype': {'f': 'float32', 'i': 'int32'}[a.dtype.kind],
        'shape': list(a.shape),
        'b64': base64.b64encode(a.tobytes()).decode(),
    }


def unb64(d):
    return np.frombuffer(base64.b64decode(d['b64']), {'float32': '<f4', 'int32': '<i4'}[d['dtype']]).reshape(d['shape'])


os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
if sys.argv[1:] != ['2']:
    sys.path.insert(0, K122)
    import k122shim
    import keras
    from keras import backend as K
    from keras.models import Sequential, Model
    from keras.layers import *

    r = np.random.RandomState(3)

    def mlp():
        m = Sequential()
        m.add(Dense(4, activation='relu', input_dim=3))
        m.add(Dropout(0.5))
        m.add(Dense(2, activation='softmax', init='he_normal', bias=False))
        return m, [r.rand(5, 3)]

    def cnn():
        m = Sequential()
        m.add(Convolution2D(4, 3, 3, border_mode='same', activation='relu', input_shape=(8, 8, 3)))
        m.add(BatchNormalization())
        m.add(MaxPooling2D((2, 2)))
        m.add(Convolution2D(5, 2, 3, subsample=(2, 1)))
        m.add(ZeroPadding2D((1, 1)))
        m.add(AveragePooling2D())
        m.add(Flatten())
        m.add(Dense(3, activation='softmax'))
        return m, [r.rand(4, 8, 8, 3)]

    def cnn_th():
        m = Sequential()
        m.add(Convolution2D(4, 3, 3, border_mode='same', activation='relu', input_shape=(3, 8, 8), dim_ordering='th'))
        m.add(MaxPooling2D((2, 2), dim_ordering='th'))
        m.add(Convolution2D(5, 3, 3, dim_ordering='th'))
        m.add(Flatten())
        m.add(Dense(3))
        return m, [r.rand(4, 3, 8, 8)]

    def lstm():
        m = Sequential()
        m.add(Embedding(20, 6, input_length=7))
        m.add(LSTM(5, return_sequences=True))
        m.add(TimeDistributed(Dense(4)))
        m.add(GRU(3))
        m.add(Dense(1, activation='sigmoid'))
        return m, [r.randint(0, 20, (4, 7))]

    def bidir():
        m = Sequential()
        m.add(Bidirectional(LSTM(5, return_sequences=True), input_shape=(6, 4)))
        m.add(SimpleRNN(3))
        return m, [r.rand(4, 6, 4)]

    def conv1d():
        m = Sequential()
        m.add(Convolution1D(4, 3, border_mode='same', input_shape=(9, 3)))
        m.add(MaxPooling1D(2))
        m.add(Convolution1D(3, 2, subsample_length=2))
        m.add(GlobalMaxPooling1D())
        return m, [r.rand(4, 9, 3)]

    def functional():
        a, b = Input((6, 4), name='a'), Input((6, 4), name='b')
        l = LSTM(5, name='shared')
        x = merge([l(a), l(b)], mode='concat')
        y = merge([x, Dense(10)(x)], mode='sum')
        return Model(input=[a, b], output=[Dense(1, activation='sigmoid', name='o1')(y), Dense(2, name='o2')(y)]), [
            r.rand(4, 6, 4),
            r.rand(4, 6, 4),
        ]

    def deconv():
        m = Sequential()
        m.add(Convolution2D(4, 3, 3, input_shape=(6, 6, 3)))
        m.add(Deconvolution2D(2, 3, 3, output_shape=(None, 6, 6, 2)))
        m.add(UpSampling2D((2, 2)))
        return m, [r.rand(4, 6, 6, 3)]

    ex = {}
    for f in (mlp, cnn, cnn_th, lstm, bidir, conv1d, functional, deconv):
        n = f.__name__
        K.clear_session()
        K.set_image_dim_ordering('th' if n == 'cnn_th' else 'tf')
        try:
            m, x = f()
            x = [v.astype('float32') if v.dtype.kind == 'f' else v.astype('int32') for v in x]
            [
                l.set_weights(
                    [
                        (
                            r.rand(*w.shape) - 0.5
                            if not (len(l.get_weights()) == 4 and i == 3)
                            else 0.5 + r.rand(*w.shape)
                        ).astype('float32')
                        for i, w in enumerate(l.get_weights())
                    ]
                )
                for l in m.layers
            ]
            open(f'{OUT}/{n}.json', 'w').write(m.to_json())
            open(f'{OUT}/{n}.yaml', 'w').write(m.to_yaml())
            m.save_weights(f'{OUT}/{n}.weights.h5', overwrite=True)
            if n == 'functional':
                m.compile('rmsprop', 'mse')
            else:
                m.compile('adam', 'mse', metrics=['accuracy'])
            try:
                m.save(f'{OUT}/{n}.model.h5')
            except Exception as q:
                print('save', n, q)
            p = m.predict(x if len(x) > 1 else x[0])
            p = p if isinstance(p, list) else [p]
            ex[n] = {
                'x': [b64(v) for v in x],
                'predict': [b64(v) for v in p],
                'weight_names': [v.name for v in m.weights],
                'image_dim_ordering': K.image_dim_ordering(),
            }
        except Exception as q:
            import traceback

            traceback.print_exc()
            ex[n] = {'error': str(q)[:300]}
        print(n, ex[n].get('error', 'ok'))
    json.dump(ex, open(OUT + '/expected.json', 'w'), indent=1)
    import subprocess

    subprocess.run([sys.executable, __file__, '2'])
else:
    sys.path.insert(0, K208)
    import k208shim
    import keras
    import warnings

    warnings.simplefilter('ignore')
    from keras import backend as K
    from keras.models import model_from_json, load_model

    ex = json.load(open(OUT + '/expected.json'))
    for n, e in ex.items():
        if 'error' in e:
            continue
        x = [unb64(v) for v in e['x']]
        x = x if len(x) > 1 else x[0]
        K.clear_session()
        q = {}
        for how in ('weights_into_json', 'load_model'):
            try:
                if how == 'load_model':
                    m = load_model(f'{OUT}/{n}.model.h5')
                else:
                    m = model_from_json(open(f'{OUT}/{n}.json').read())
                    m.load_weights(f'{OUT}/{n}.weights.h5')
                p = m.predict(x)
                p = p if isinstance(p, list) else [p]
                q[how] = {
                    'max_abs_diff_vs_1.2.2': max(float(np.abs(a - unb64(b)).max()) for a, b in zip(p, e['predict']))
                }
                if how == 'weights_into_json':
                    open(f'{OUT}/{n}.as208.json', 'w').write(m.to_json())
                    m.save_weights(f'{OUT}/{n}.as208.weights.h5')
            except Exception as z:
                q[how] = {'error': type(z).__name__ + ': ' + str(z)[:250]}
        e['keras208_loads'] = q
        print('2.0.8', n, q)
    json.dump(ex, open(OUT + '/expected.json', 'w'), indent=1)
