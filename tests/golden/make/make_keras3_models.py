"""Models of Keras 3 in all its files, with what it predicts and what its next step gives: k3_keras3151/."""

import json
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL='3', CUDA_VISIBLE_DEVICES='-1', KERAS_BACKEND='tensorflow')

import keras
import numpy as np

from paths import GOLDEN
from tensors import R, b64, jd

L = keras.layers
FOLDER = os.path.join(GOLDEN, 'k3_keras3151')


def graph():
    """Shared and nested models, states as inputs, two outputs, an input among several by name."""
    sequence = keras.Input((5, 3), name='sequence')
    vector = keras.Input((4,), name='vector')
    inner = keras.Sequential([keras.Input((4,)), L.Dense(4, activation='selu'), L.BatchNormalization(), L.LeakyReLU(0.2)], name='inner')
    ends = keras.Input((4,))
    head = keras.Model(ends, L.Dense(2, kernel_regularizer=keras.regularizers.L2(0.01))(ends), name='head')
    both = L.Bidirectional(L.GRU(2, return_sequences=True))(sequence)
    steps = L.TimeDistributed(L.Dense(3, activation='softplus'))(both)
    last, state = L.GRU(4, return_state=True)(steps)
    other = L.LSTM(4)(steps, initial_state=[state, inner(vector)])
    main = head(L.add([inner(last), other]))
    aux = L.Dense(1, name='aux')(L.concatenate([head(last), vector]))
    model = keras.Model({'sequence': sequence, 'vector': vector}, [main, aux])
    model.compile(keras.optimizers.Adam(0.01, clipnorm=1.0), loss=['mse', keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1)], loss_weights=[1.0, 0.5], metrics=[['mae'], ['accuracy']])
    r = R(1)
    x = {'sequence': r.randn(8, 5, 3).astype('f4'), 'vector': r.randn(8, 4).astype('f4')}
    return model, x, [r.randn(8, 2).astype('f4'), r.randint(0, 2, (8, 1)).astype('f4')]


def masked():
    """Masks through recurrent layers, both ways."""
    words = keras.Input((6,), name='words')
    # Not trained: on TensorFlow, Keras 3's RMSprop squares the gradients of a row that occurs twice one by one.
    rows = L.Embedding(7, 4, mask_zero=True, trainable=False)(words)
    steps = L.Bidirectional(L.LSTM(3, return_sequences=True, recurrent_activation='hard_sigmoid'))(rows)
    last = L.Bidirectional(L.SimpleRNN(3), merge_mode='sum')(steps)
    plain = L.GRU(3, reset_after=False)(rows)
    model = keras.Model(words, L.Dense(3, activation='softmax')(L.concatenate([last, plain])))
    model.compile(keras.optimizers.RMSprop(0.01, momentum=0.5), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    r = R(2)
    x = r.randint(1, 7, (8, 6)).astype('i4')
    x[1, 4:] = x[3, 2:] = x[5, 1] = 0
    return model, x, r.randint(0, 3, (8, 1)).astype('i4')


def image():
    """Convolutions, normalizations, activations and poolings."""
    model = keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            L.Conv2D(4, 3, padding='same', activation='relu'),
            L.BatchNormalization(axis=-1),
            L.SeparableConv2D(3, 3, activation='elu'),
            L.PReLU(shared_axes=[1, 2]),
            L.ZeroPadding2D(1),
            L.MaxPooling2D(2),
            L.DepthwiseConv2D(2, depth_multiplier=2),
            L.LayerNormalization(),
            L.UpSampling2D(2),
            L.Conv2DTranspose(4, 3, strides=2, padding='same', activation='tanh'),
            L.GroupNormalization(2),
            L.Cropping2D(2),
            L.ReLU(max_value=1.5, negative_slope=0.1),
            L.AveragePooling2D(2),
            L.Permute((3, 1, 2)),
            L.Reshape((4, -1)),
            L.Conv1D(3, 2, padding='causal', kernel_constraint=keras.constraints.MaxNorm(2)),
            L.ELU(0.5),
            L.GlobalAveragePooling1D(),
            L.Dense(3, activation='softmax', trainable=False),
        ],
        name='image',
    )
    model.compile(keras.optimizers.AdamW(0.01), loss='categorical_crossentropy', metrics=['accuracy', 'mse'])
    r = R(3)
    return model, r.randn(8, 8, 8, 2).astype('f4'), np.eye(3, dtype='f4')[r.randint(0, 3, 8)]


def attention():
    """MultiHeadAttention by position and by name, with another value, causal; Nadam."""
    query, value = keras.Input((4, 6), name='query'), keras.Input((5, 3), name='value')
    first = L.MultiHeadAttention(2, 3)(query, value)
    second = L.MultiHeadAttention(2, 3, value_dim=2, use_bias=False)(first, key=query, value=query, use_causal_mask=True)
    model = keras.Model([query, value], L.Dense(1)(L.Flatten()(L.Add()([first, second]))))
    model.compile(keras.optimizers.Nadam(0.01), loss='mae')
    r = R(4)
    return model, [r.randn(8, 4, 6).astype('f4'), r.randn(8, 5, 3).astype('f4')], r.randn(8, 1).astype('f4')


def numbers(value):
    return [float(v) for v in np.atleast_1d(value)]


def main():
    cases = {}
    for make in (graph, masked, image, attention):
        keras.backend.clear_session()
        keras.utils.set_random_seed(5)
        model, x, y = make()
        for _ in range(3):
            model.train_on_batch(x, y)
        name = make.__name__
        os.makedirs(FOLDER, exist_ok=True)
        path = os.path.join(FOLDER, name)
        open(path + '.json', 'w').write(model.to_json())
        model.save(path + '.keras')
        model.save_weights(path + '.weights.h5')
        inputs = [x[i.name] for i in model.inputs] if isinstance(x, dict) else x if isinstance(x, list) else [x]
        outputs = model.predict(x, verbose=0)
        case = {
            'inputs': [b64(a) for a in inputs],
            'targets': [b64(a) for a in (y if isinstance(y, list) else [y])],
            'predict': [b64(a) for a in (outputs if isinstance(outputs, list) else [outputs])],
        }
        model.reset_metrics()
        case['next_step'] = {k: float(v) for k, v in model.train_on_batch(x, y, return_dict=True).items()}
        case['after_step'] = [b64(a) for a in model.predict(x, verbose=0)] if isinstance(outputs, list) else [b64(model.predict(x, verbose=0))]
        cases[name] = case
        # Last: writing an .h5 takes the optimizer out of a model's compile arguments.
        keras.models.load_model(path + '.keras').save(path + '.h5')
    jd({'keras': keras.__version__, 'cases': cases}, os.path.join(FOLDER, 'expected.json'))


if __name__ == '__main__':
    main()
