"""What genuine Keras 2.0.8 answers to questions about models, and what its generator and batch methods compute: s21_model_api/."""

import json
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL='3', CUDA_VISIBLE_DEVICES='-1', TF_USE_LEGACY_KERAS='1', PYTHONHASHSEED='0')

import numpy as np

# Shapes hold numpy integers: as numpy printed them in the days of Keras 2.0.8.
np.set_printoptions(legacy='1.25')

from engines import load_engine
from paths import GOLDEN
from tensors import R, b64, jd

load_engine('k208', 'float32')

import keras
from keras import layers as L
from keras.models import Model, Sequential

Input = L.Input


def chain():
    return Sequential(
        [
            L.Conv2D(4, 3, input_shape=(12, 10, 3), name='block1_conv1'),
            L.BatchNormalization(name='block1_bn'),
            L.MaxPooling2D(2, name='block1_pool'),
            L.Flatten(name='flatten'),
            L.Dropout(0.5, name='a_layer_with_quite_a_long_name'),
            L.Dense(16, trainable=False, name='fc'),
            L.Dense(2, name='predictions'),
        ]
    )


def functional_chain():
    x = Input((5,), name='in')
    y = L.Dense(3, name='hidden')(x)
    return Model(x, L.Activation('softmax', name='probabilities')(y), name='chain')


def two_outputs():
    words = Input((6,), dtype='int32', name='words')
    more = Input((5,), name='more')
    text = L.LSTM(4, name='lstm')(L.Embedding(20, 3, mask_zero=True, name='embedding')(words))
    auxiliary = L.Dense(1, activation='sigmoid', name='aux_output')(text)
    merged = L.concatenate([text, more], name='concatenate')
    return Model([words, more], [L.Dense(1, name='main_output')(merged), auxiliary], name='two')


def shared():
    a, b = Input((8, 8, 3), name='a'), Input((16, 16, 3), name='b')
    conv = L.Conv2D(2, 3, padding='same', name='conv')
    pooled = [L.GlobalMaxPooling2D(name=name)(conv(x)) for name, x in (('pool_a', a), ('pool_b', b))]
    dense = L.Dense(2, name='same_shape')
    return Model([a, b], L.add([dense(x) for x in pooled], name='sum'), name='shared')


def nested():
    x = Input((6,), name='inner_in')
    first = L.Dense(4, name='inner_dense')(x)
    inner = Model(x, [first, L.Dense(3, trainable=False, name='inner_other')(first)], name='inner')
    head = Sequential([L.Dense(2, input_shape=(4,), name='head_dense')], name='head')
    one, two = Input((6,), name='one'), Input((6,), name='two')
    (a, b), (c, d) = inner(one), inner(two)
    return Model([one, two], [head(L.multiply([a, c], name='product')), L.average([b, d], name='mean')], name='outer')


def wrapped():
    frame = Input((4,), name='frame')
    encoder = Model(frame, L.Dense(3, name='encode')(frame), name='encoder')
    video = Input((5, 4), name='video')
    steps = L.TimeDistributed(encoder, name='each')(video)
    both = L.Bidirectional(L.GRU(2, return_sequences=True, name='gru'), name='both')(steps)
    out, h, c = L.LSTM(3, return_state=True, name='states')(both)
    return Model(video, [out, h, L.Dense(1, name='last')(c)], name='wrapped')


def sequential_in_sequential():
    inner = Sequential([L.Dense(4, input_shape=(3,), name='i1'), L.Dense(5, name='i2')], name='front')
    x = Input((5,), name='mid_in')
    return Sequential([inner, Model(x, L.Dense(6, name='m1')(x), name='middle'), L.Dense(1, name='end')], name='whole')


def variable_sizes():
    x = Input((None, None, 3), name='image')
    base = Model(x, L.Conv2D(4, 3, name='c')(x), name='base')
    picture = Input((9, 9, 3), name='picture')
    y = base(picture)
    return Model(picture, L.GlobalAveragePooling2D(name='gap')(y), name='sizes')


def skip():
    """A layer of two depths; one input of several takers; an output that others take."""
    x = Input((4,), name='x')
    a = L.Dense(4, name='first')(x)
    b = L.Dense(4, name='second')(a)
    c = L.add([x, b], name='skip')
    return Model(x, [b, L.Dense(2, name='out')(c)], name='skipping')


def or_error(question):
    try:
        return question()
    except (AttributeError, RuntimeError, ValueError) as error:
        return {'error': str(error)}


def shapes(layer):
    nodes = layer.inbound_nodes
    masked = lambda masks: [mask is not None for mask in (masks if isinstance(masks, list) else [masks])]
    return {
        'name': layer.name,
        'count_params': or_error(layer.count_params),
        'input_shape': or_error(lambda: layer.input_shape),
        'output_shape': or_error(lambda: layer.output_shape),
        'input_shape_at': [layer.get_input_shape_at(i) for i in range(len(nodes))],
        'output_shape_at': [layer.get_output_shape_at(i) for i in range(len(nodes))],
        'output_masked_at': [masked(layer.get_output_mask_at(i)) for i in range(len(nodes))],
        'input_error': or_error(lambda: None if layer.input is not None else None),
        'output_error': or_error(lambda: None if layer.output is not None else None),
        'beyond': or_error(lambda: layer.get_input_shape_at(7)),
    }


def facts(model):
    lines = []
    model.summary(print_fn=lines.append)
    return {
        'json': json.loads(model.to_json()),
        'summary': lines,
        'count_params': model.count_params(),
        'layers': [shapes(layer) for layer in model.layers],
        'no_layer': or_error(lambda: model.get_layer('nothing')),
        'no_index': or_error(lambda: model.get_layer(index=99)),
    }


def sample(draw, tensor):
    shape = (3,) + keras.backend.int_shape(tensor)[1:]
    return draw.randint(1, 20, shape) if 'int' in str(tensor.dtype) else draw.uniform(-1, 1, shape).astype('float32')


def extractions():
    """Models of inner outputs, with their weights' names and what they predict."""
    found = []
    for make, outputs in ((chain, ['block1_pool']), (two_outputs, ['lstm']), (skip, ['second', 'skip']), (nested, ['product'])):
        keras.backend.clear_session()
        base = make()
        wanted = [base.get_layer(name).output for name in outputs]
        one_of = base.inputs[:1] if make is two_outputs else base.inputs
        part = Model(one_of, wanted, name='part')
        draw = R(5)
        base.set_weights([draw.uniform(-0.5, 0.5, w.shape).astype('float32') for w in base.get_weights()])
        x = [sample(draw, tensor) for tensor in one_of]
        predicted = part.predict(x if len(x) > 1 else x[0])
        lines = []
        part.summary(print_fn=lines.append)
        found.append(
            {
                'base': json.loads(base.to_json()),
                'inputs': [t.name.split('/')[0].split(':')[0] for t in one_of],
                'outputs': outputs,
                'base_weights': [b64(w) for w in base.get_weights()],
                'summary': lines,
                'layers': [layer.name for layer in part.layers],
                'weights': [w.name for w in part.weights],
                'x': [b64(v) for v in x],
                'predictions': [b64(v) for v in (predicted if isinstance(predicted, list) else [predicted])],
            }
        )
    return found


def weighted_model():
    x = Input((4, 3), name='x')
    h = L.SimpleRNN(5, return_sequences=True, name='rnn')(x)
    seq = L.TimeDistributed(L.Dense(2), name='seq')(h)
    label = L.Dense(3, activation='softmax', name='label')(L.GlobalAveragePooling1D(name='pool')(h))
    model = Model(x, [seq, label], name='weighted')
    model.compile(
        'sgd',
        {'seq': 'mse', 'label': 'categorical_crossentropy'},
        metrics={'label': 'accuracy'},
        loss_weights={'seq': 0.5, 'label': 2.0},
        sample_weight_mode={'seq': 'temporal', 'label': None},
    )
    return model


def rows(draw, n):
    x = draw.uniform(-1, 1, (n, 4, 3)).astype('float32')
    y = [draw.uniform(-1, 1, (n, 4, 2)).astype('float32'), np.eye(3, dtype='float32')[draw.randint(0, 3, n)]]
    w = [draw.uniform(0, 2, (n, 4)).round(1).astype('float32'), draw.uniform(0, 2, n).round(1).astype('float32')]
    return x, y, w


def generators():
    draw = R(11)
    batches = [rows(draw, n) for n in (5, 3, 4)]
    validation = [rows(draw, n) for n in (6, 2)]
    classes = {'label': {0: 1.0, 1: 0.5, 2: 3.0}}
    start = [draw.uniform(-0.5, 0.5, w.shape).astype('float32') for w in weighted_model().get_weights()]

    def endlessly(source, weighted=True):
        while True:
            for x, y, w in source:
                yield (x, y, w) if weighted else (x, y)

    def fresh():
        keras.backend.clear_session()
        model = weighted_model()
        model.set_weights(start)
        return model

    def done(model, answer):
        return {'answer': answer, 'weights': [b64(w) for w in model.get_weights()]}

    def history(h):
        return {'epoch': h.epoch, 'history': h.history}

    all_rows = [np.concatenate(part) for part in ([b[0] for b in batches], [b[1][0] for b in batches], [b[1][1] for b in batches], [b[2][0] for b in batches], [b[2][1] for b in batches])]
    x, y, w = all_rows[0], all_rows[1:3], all_rows[3:]
    cases = {}
    m = fresh()
    cases['fit_generator_weights'] = done(m, history(m.fit_generator(endlessly(batches), 2, epochs=3, initial_epoch=1, validation_data=validation[0], verbose=0)))
    m = fresh()
    cases['fit_generator_class_weight'] = done(m, history(m.fit_generator(endlessly(batches, False), 3, epochs=2, class_weight=classes, validation_data=endlessly(validation), validation_steps=3, verbose=0)))
    m = fresh()
    cases['fit_weights'] = done(m, history(m.fit(x, y, batch_size=5, epochs=2, shuffle=False, sample_weight=w, class_weight=classes, validation_data=validation[0], verbose=0)))
    m = fresh()
    cases['evaluate_generator'] = done(m, m.evaluate_generator(endlessly(batches), 5))
    m = fresh()
    cases['evaluate'] = done(m, m.evaluate(x, y, batch_size=5, sample_weight=w, verbose=0))
    m = fresh()
    cases['predict_generator'] = done(m, [b64(v) for v in m.predict_generator(endlessly(batches), 4)])
    m = fresh()
    one = m.train_on_batch(x, y, class_weight=classes)
    two = m.train_on_batch(x, y, sample_weight=w)
    cases['train_on_batch'] = done(m, [one, two, m.test_on_batch(x, y, sample_weight=w), m.test_on_batch(x, y)])
    cases['predict_on_batch'] = done(m, [b64(v) for v in m.predict_on_batch(x)])
    keras.backend.clear_session()
    several = Sequential([L.Dense(3, activation='softmax', input_shape=(4,), name='d')])
    single = Sequential([L.Dense(1, activation='sigmoid', input_shape=(4,), name='d')])
    points = draw.uniform(-2, 2, (6, 4)).astype('float32')
    for model in (several, single):
        model.set_weights([draw.uniform(-1, 1, v.shape).astype('float32') for v in model.get_weights()])
    cases['predict_classes'] = [
        {'json': json.loads(model.to_json()), 'weights': [b64(v) for v in model.get_weights()], 'classes': b64(model.predict_classes(points, verbose=0)), 'proba': b64(model.predict_proba(points, verbose=0))}
        for model in (several, single)
    ]
    listed = lambda xs: [[b64(x), [b64(v) for v in y], [b64(v) for v in w]] for x, y, w in xs]
    model = weighted_model()
    return {
        'json': json.loads(model.to_json()),
        'start': [b64(v) for v in start],
        'batches': listed(batches),
        'validation': listed(validation),
        'class_weight': classes,
        'points': b64(points),
        'metrics_names': model.metrics_names,
        'cases': cases,
    }


if __name__ == '__main__':
    models = {}
    for make in (chain, functional_chain, two_outputs, shared, nested, wrapped, sequential_in_sequential, variable_sizes, skip):
        keras.backend.clear_session()
        models[make.__name__] = facts(make())
    folder = os.path.join(GOLDEN, 's21_model_api')
    jd({'doc': 'Keras 2.0.8', 'models': models, 'extractions': extractions()}, os.path.join(folder, 'models.json'), None)
    jd({'doc': 'Keras 2.0.8', **generators()}, os.path.join(folder, 'generators.json'), None)
