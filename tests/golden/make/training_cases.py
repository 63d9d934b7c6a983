"""The training cases: each gives a model, its data, compile arguments and fit arguments."""

import numpy as np

from tensors import F, R

CASES = {}


def case(f):
    CASES[f.__name__.lstrip('_')] = f
    return f


def onehot(i, n):
    return np.eye(n, dtype=F)[np.asarray(i).ravel()]


def OPT(c='RMSprop', **k):
    return {'class_name': c, 'config': k}


SGDN = OPT('SGD', lr=0.01, decay=1e-6, momentum=0.9, nesterov=True)


def cat(e, xs, **k):
    return e.L.Concatenate(**k)(xs)


@case
def c01_mlp_binary(e):
    L = e.L
    r = R(1)
    x = r.rand(200, 20).astype(F)
    y = (x.sum(1, keepdims=True) > 10).astype(F)
    m = e.Sequential()
    (
        m.add(L.Dense(64, input_dim=20, activation='relu'))
        if e.name != 'k3'
        else (m.add(e.Input((20,))), m.add(L.Dense(64, activation='relu')))
    )
    m.add(L.Dropout(0.0))
    m.add(L.Dense(64, activation='relu'))
    m.add(L.Dropout(0.0))
    m.add(L.Dense(1, activation='sigmoid'))
    return (
        m,
        dict(x=[x], y=[y]),
        dict(optimizer=OPT(), loss='binary_crossentropy', metrics=['accuracy']),
        dict(batch_size=64, epochs=4),
    )


def seqin(e, m, layer_cls, shape, *a, **k):
    if e.name == 'k3':
        m.add(e.Input(shape))
        m.add(layer_cls(*a, **k))
    else:
        m.add(layer_cls(*a, input_shape=shape, **k))


@case
def c02_mlp_multiclass(e):
    L = e.L
    r = R(2)
    x = r.rand(150, 20).astype(F)
    y = onehot((x[:, :10]).argmax(1), 10)
    m = e.Sequential()
    seqin(e, m, L.Dense, (20,), 64, activation='relu')
    m.add(L.Dropout(0.0))
    m.add(L.Dense(64, activation='relu'))
    m.add(L.Dropout(0.0))
    m.add(L.Dense(10, activation='softmax'))
    xt = r.rand(37, 20).astype(F)
    return (
        m,
        dict(x=[x], y=[y], x_val=[xt], y_val=[onehot(xt[:, :10].argmax(1), 10)]),
        dict(optimizer=SGDN, loss='categorical_crossentropy', metrics=['accuracy', 'mae']),
        dict(batch_size=32, epochs=4),
    )


@case
def c03_vgg_like(e):
    L = e.L
    r = R(3)
    x = r.rand(44, 32, 32, 3).astype(F)
    lab = r.randint(10, size=44)
    x[np.arange(44), :8, :8, lab % 3] += lab[:, None, None] / 5.0
    y = onehot(lab, 10)
    m = e.Sequential()
    seqin(e, m, L.Conv2D, (32, 32, 3), 8, (3, 3), activation='relu')
    m.add(L.Conv2D(8, (3, 3), activation='relu'))
    m.add(L.MaxPooling2D(pool_size=(2, 2)))
    m.add(L.Dropout(0.0))
    m.add(L.Conv2D(16, (3, 3), activation='relu'))
    m.add(L.Conv2D(16, (3, 3), activation='relu'))
    m.add(L.MaxPooling2D(pool_size=(2, 2)))
    m.add(L.Dropout(0.0))
    m.add(L.Flatten())
    m.add(L.Dense(32, activation='relu'))
    m.add(L.Dropout(0.0))
    m.add(L.Dense(10, activation='softmax'))
    return (
        m,
        dict(x=[x], y=[y]),
        dict(optimizer=SGDN, loss='categorical_crossentropy', metrics=[]),
        dict(batch_size=16, epochs=2),
    )


@case
def c04_lstm_classify(e):
    L = e.L
    r = R(4)
    x = r.randint(0, 50, (100, 12)).astype('int32')
    y = ((x > 25).sum(1, keepdims=True) > 6).astype(F)
    m = e.Sequential()
    m.add(L.Embedding(50, output_dim=16))
    m.add(L.LSTM(12, **e.rec))
    m.add(L.Dropout(0.0))
    m.add(L.Dense(1, activation='sigmoid'))
    if e.name != 'k208':
        m.build((None, 12)) if e.name == 'k3' else m(np.zeros((1, 12), 'int32'))
    return (
        m,
        dict(x=[x], y=[y]),
        dict(optimizer=OPT(), loss='binary_crossentropy', metrics=['accuracy']),
        dict(batch_size=16, epochs=3),
    )


@case
def c04b_lstm_masked(e):
    "Embedding(mask_zero) + LSTM(return_sequences) + LSTM + Dense, plus per-timestep masked output"
    L = e.L
    r = R(44)
    x = r.randint(1, 50, (60, 10)).astype('int32')
    n = r.randint(2, 11, 60)
    for i, k in enumerate(n):
        x[i, k:] = 0
    y = (r.rand(60, 10, 1) > 0.5).astype(F)
    m = e.Sequential()
    m.add(L.Embedding(50, 8, mask_zero=True, **({'input_length': 10} if e.name != 'k3' else {})))
    m.add(L.LSTM(6, return_sequences=True, **e.rec))
    m.add(L.TimeDistributed(L.Dense(1, activation='sigmoid')))
    if e.name == 'k3':
        m.build((None, 10))
    return (
        m,
        dict(x=[x], y=[y]),
        dict(optimizer=OPT('Adam'), loss='binary_crossentropy', metrics=['accuracy']),
        dict(batch_size=16, epochs=3),
    )


@case
def c05_functional_mlp(e):
    L = e.L
    r = R(5)
    x = r.rand(64, 784).astype(F)
    y = onehot(x[:, :10].argmax(1), 10)
    i = e.Input((784,))
    h = L.Dense(64, activation='relu')(i)
    h = L.Dense(64, activation='relu')(h)
    o = L.Dense(10, activation='softmax')(h)
    return (
        e.Model(inputs=i, outputs=o),
        dict(x=[x], y=[y]),
        dict(optimizer=OPT(), loss='categorical_crossentropy', metrics=['accuracy']),
        dict(batch_size=32, epochs=2),
    )


@case
def c06_video_timedistributed(e):
    "TimeDistributed(trained functional model) + trainable LSTM head; the inner model is frozen in this case"
    L = e.L
    r = R(6)
    x = r.rand(40, 6, 24).astype(F)
    y = onehot(r.randint(0, 4, 40), 4)
    i = e.Input((24,))
    h = L.Dense(8, activation='relu')(i)
    h = L.Dense(8, activation='relu')(h)
    inner = e.Model(inputs=i, outputs=L.Dense(5, activation='softmax')(h))
    s = e.Input((6, 24))
    p = L.TimeDistributed(inner)(s)
    o = L.Dense(4, activation='softmax')(L.LSTM(7, **e.rec)(p))
    return (
        e.Model(inputs=s, outputs=o),
        dict(x=[x], y=[y]),
        dict(optimizer=OPT(), loss='categorical_crossentropy', metrics=['accuracy']),
        dict(batch_size=16, epochs=3),
    )


@case
def c07_aux_two_outputs(e):
    L = e.L
    r = R(7)
    x = r.randint(1, 60, (80, 10)).astype('int32')
    a = r.rand(80, 5).astype(F)
    y = r.randint(0, 2, (80, 1)).astype(F)
    mi = e.Input(shape=(10,), dtype='int32', name='main_input')
    emb = L.Embedding(output_dim=16, input_dim=60, **({'input_length': 10} if e.name != 'k3' else {}))(mi)
    lo = L.LSTM(8, **e.rec)(emb)
    aux = L.Dense(1, activation='sigmoid', name='aux_output')(lo)
    ai = e.Input(shape=(5,), name='aux_input')
    h = cat(e, [lo, ai])
    for _ in range(3):
        h = L.Dense(16, activation='relu')(h)
    mo = L.Dense(1, activation='sigmoid', name='main_output')(h)
    return (
        e.Model(inputs=[mi, ai], outputs=[mo, aux]),
        dict(x=[x, a], y=[y, y], x_names=['main_input', 'aux_input'], y_names=['main_output', 'aux_output']),
        dict(
            optimizer=OPT(),
            loss={'main_output': 'binary_crossentropy', 'aux_output': 'binary_crossentropy'},
            loss_weights={'main_output': 1.0, 'aux_output': 0.2},
            metrics={'main_output': ['accuracy'], 'aux_output': ['mse']},
        ),
        dict(batch_size=32, epochs=3),
    )


@case
def c08_shared_lstm_tweets(e):
    L = e.L
    r = R(8)
    a = (r.rand(48, 12, 16) > 0.8).astype(F)
    b = (r.rand(48, 12, 16) > 0.8).astype(F)
    y = r.randint(0, 2, (48, 1)).astype(F)
    A_ = e.Input((12, 16))
    B_ = e.Input((12, 16))
    s = L.LSTM(8, **e.rec)
    o = L.Dense(1, activation='sigmoid')(cat(e, [s(A_), s(B_)], axis=-1))
    return (
        e.Model(inputs=[A_, B_], outputs=o),
        dict(x=[a, b], y=[y]),
        dict(optimizer=OPT(), loss='binary_crossentropy', metrics=['accuracy']),
        dict(batch_size=16, epochs=3),
    )


@case
def c09_shared_conv_nodes(e):
    L = e.L
    r = R(9)
    a = r.rand(12, 16, 16, 3).astype(F)
    b = r.rand(12, 32, 32, 3).astype(F)
    A_ = e.Input((16, 16, 3))
    B_ = e.Input((32, 32, 3))
    c = L.Conv2D(4, (3, 3), padding='same')
    ca = c(A_)
    cb = c(B_)
    g = L.GlobalAveragePooling2D()
    o = cat(e, [g(ca), g(cb)])
    m = e.Model(inputs=[A_, B_], outputs=o)
    if e.name != 'k3':
        m._nodes = {
            'conv': [
                {'input_shape': list(c.get_input_shape_at(k)), 'output_shape': list(c.get_output_shape_at(k))}
                for k in (0, 1)
            ],
            'conv.input_shape raises': True,
            'pool': [
                {'input_shape': list(g.get_input_shape_at(k)), 'output_shape': list(g.get_output_shape_at(k))}
                for k in (0, 1)
            ],
        }
    return (
        m,
        dict(x=[a, b], y=[r.rand(12, 8).astype(F)]),
        dict(optimizer=OPT('SGD', lr=0.1), loss='mse', metrics=[]),
        dict(batch_size=4, epochs=2),
    )


def vqa(e, cf):
    L = e.L
    r = R(10)
    df = 'channels_first' if cf else 'channels_last'
    img = r.rand(12, 32, 32, 3).astype(F)
    img = img.transpose(0, 3, 1, 2).copy() if cf else img
    q = r.randint(1, 40, (12, 9)).astype('int32')
    y = onehot(r.randint(0, 20, 12), 20)
    k = dict(activation='relu', data_format=df)
    sh = img.shape[1:]
    v = e.Sequential()
    seqin(e, v, L.Conv2D, sh, 6, (3, 3), padding='same', **k)
    v.add(L.Conv2D(6, (3, 3), **k))
    v.add(L.MaxPooling2D((2, 2), data_format=df))
    v.add(L.Conv2D(8, (3, 3), padding='same', **k))
    v.add(L.Conv2D(8, (3, 3), **k))
    v.add(L.MaxPooling2D((2, 2), data_format=df))
    v.add(L.Conv2D(10, (3, 3), padding='same', **k))
    v.add(L.Conv2D(10, (3, 3), **k))
    v.add(L.Conv2D(10, (3, 3), **k))
    v.add(L.Flatten())  # (6,6)->2x2x10 spatial > 1 so that the flatten order shows
    ii = e.Input(sh)
    ei = v(ii)
    qi = e.Input((9,), dtype='int32')
    eq = L.LSTM(8, **e.rec)(
        L.Embedding(input_dim=40, output_dim=8, **({'input_length': 9} if e.name != 'k3' else {}))(qi)
    )
    o = L.Dense(20, activation='softmax')(cat(e, [eq, ei]))
    return (
        e.Model(inputs=[ii, qi], outputs=o),
        dict(x=[img, q], y=[y]),
        dict(optimizer=OPT(), loss='categorical_crossentropy', metrics=['accuracy']),
        dict(batch_size=4, epochs=2),
    )


@case
def c10_vqa_channels_first(e):
    return vqa(e, True)


@case
def c10_vqa_channels_last(e):
    return vqa(e, False)


@case
def c11_stacked_lstm(e):
    L = e.L
    r = R(11)
    x = r.rand(64, 8, 16).astype(F)
    y = onehot(r.randint(0, 10, 64), 10)
    m = e.Sequential()
    seqin(e, m, L.LSTM, (8, 16), 12, return_sequences=True, **e.rec)
    m.add(L.LSTM(12, return_sequences=True, **e.rec))
    m.add(L.LSTM(12, **e.rec))
    m.add(L.Dense(10, activation='softmax'))
    return (
        m,
        dict(x=[x], y=[y]),
        dict(optimizer=OPT(), loss='categorical_crossentropy', metrics=['accuracy']),
        dict(batch_size=16, epochs=3, validation_split=0.25),
    )


@case
def c11b_stateful_lstm(e):
    L = e.L
    r = R(12)
    x = r.rand(32, 8, 16).astype(F)
    y = onehot(r.randint(0, 10, 32), 10)
    m = e.Sequential()
    k = dict(stateful=True, **e.rec)
    if e.name == 'k3':
        m.add(e.Input(batch_shape=(8, 8, 16)))
        m.add(L.LSTM(12, return_sequences=True, **k))
    else:
        m.add(L.LSTM(12, return_sequences=True, batch_input_shape=(8, 8, 16), **k))
    m.add(L.LSTM(12, return_sequences=True, **k))
    m.add(L.LSTM(12, **k))
    m.add(L.Dense(10, activation='softmax'))
    return (
        m,
        dict(x=[x], y=[y]),
        dict(optimizer=OPT(), loss='categorical_crossentropy', metrics=['accuracy']),
        dict(batch_size=8, epochs=3),
    )


def small(e, n=3, act='softmax', d=6):
    m = e.Sequential()
    seqin(e, m, e.L.Dense, (d,), 8, activation='tanh')
    m.add(e.L.Dense(n, activation=act))
    return m


def mdata(s=12, n=50):
    r = R(s)
    x = r.rand(n, 6).astype(F)
    return r, x, onehot(x[:, :3].argmax(1), 3)


C3 = dict(optimizer=OPT('SGD', lr=0.1), loss='categorical_crossentropy', metrics=['accuracy'])


@case
def c12a_sample_weight(e):
    r, x, y = mdata()
    w = r.rand(50).astype(F)
    w[::4] = 0.0
    return (
        small(e),
        dict(x=[x], y=[y], sample_weight=[w]),
        dict(C3, weighted_metrics=['accuracy']),
        dict(batch_size=16, epochs=3),
    )


@case
def c12b_class_weight(e):
    r, x, y = mdata()
    return small(e), dict(x=[x], y=[y]), C3, dict(batch_size=16, epochs=3, class_weight={'0': 1.0, '1': 5.0, '2': 0.5})


@case
def c12c_temporal_weight(e):
    L = e.L
    r = R(13)
    x = r.rand(40, 7, 5).astype(F)
    y = onehot(r.randint(0, 3, 280), 3).reshape(40, 7, 3)
    w = r.rand(40, 7).astype(F)
    w[:, 5:] *= r.rand(40, 2) > 0.5
    m = e.Sequential()
    seqin(e, m, L.LSTM, (7, 5), 6, return_sequences=True, **e.rec)
    m.add(L.TimeDistributed(L.Dense(3, activation='softmax')))
    return (
        m,
        dict(x=[x], y=[y], sample_weight=[w]),
        dict(
            optimizer=OPT('Adam', lr=0.01),
            loss='categorical_crossentropy',
            metrics=['accuracy'],
            sample_weight_mode='temporal',
        ),
        dict(batch_size=16, epochs=3),
    )


@case
def c12d_validation_split(e):
    r, x, y = mdata(14, 53)
    w = (r.rand(53) + 0.1).astype(F)
    return small(e), dict(x=[x], y=[y], sample_weight=[w]), C3, dict(batch_size=16, epochs=3, validation_split=0.3)


@case
def c12e_validation_weights(e):
    r, x, y = mdata(15)
    xv = r.rand(21, 6).astype(F)
    wv = r.rand(21).astype(F)
    wv[:3] = 0
    return (
        small(e),
        dict(x=[x], y=[y], x_val=[xv], y_val=[onehot(xv[:, :3].argmax(1), 3)], val_sample_weight=[wv]),
        C3,
        dict(batch_size=16, epochs=3),
    )


@case
def c12f_initial_epoch(e):
    r, x, y = mdata(16)
    return (
        small(e),
        dict(x=[x], y=[y]),
        dict(C3, optimizer=OPT('SGD', lr=0.1, decay=0.01, momentum=0.5)),
        dict(batch_size=16, epochs=6, initial_epoch=3),
    )


@case
def c12g_regularized(e):
    L = e.L
    r, x, y = mdata(17)
    G = e.K.regularizers
    C = e.K.constraints
    m = e.Sequential()
    seqin(
        e,
        m,
        L.Dense,
        (6,),
        8,
        activation='tanh',
        kernel_regularizer=G.l2(0.01),
        bias_regularizer=G.l1(0.02),
        activity_regularizer=G.l2(0.003),
        kernel_constraint=C.max_norm(0.9) if e.name != 'k3' else None,
    )
    m.add(L.BatchNormalization())
    m.add(
        L.Dense(
            3,
            activation='softmax',
            kernel_regularizer=G.L1L2(l1=0.001, l2=0.002) if e.name != 'k208' else G.l1_l2(0.001, 0.002),
        )
    )
    return m, dict(x=[x], y=[y]), C3, dict(batch_size=16, epochs=3, validation_split=0.2)


@case
def c12h_sparse_labels(e):
    r, x, y = mdata(18)
    return (
        small(e),
        dict(x=[x], y=[y.argmax(1).astype(F)[:, None]]),
        dict(C3, loss='sparse_categorical_crossentropy'),
        dict(batch_size=16, epochs=3),
    )


@case
def c12i_callbacks_in_fit(e):
    r, x, y = mdata(19)
    xv = r.rand(20, 6).astype(F)
    return (
        small(e),
        dict(x=[x], y=[y], x_val=[xv], y_val=[onehot(r.randint(0, 3, 20), 3)]),
        C3,
        dict(
            batch_size=16,
            epochs=12,
            callbacks=[
                {
                    'class_name': 'ModelCheckpoint',
                    'config': {
                        'filepath': 'model-ep{epoch:03d}-loss{loss:.3f}-val_loss{val_loss:.3f}.h5',
                        'monitor': 'val_loss',
                        'save_best_only': True,
                        'mode': 'min',
                    },
                },
                {
                    'class_name': 'ReduceLROnPlateau',
                    'config': {'monitor': 'val_loss', 'factor': 0.5, 'patience': 1, 'min_lr': 0.01},
                },
                {'class_name': 'EarlyStopping', 'config': {'monitor': 'val_loss', 'patience': 3}},
            ],
        ),
    )


@case
def c12j_lr_scheduler(e):
    r, x, y = mdata(20)
    return (
        small(e),
        dict(x=[x], y=[y]),
        C3,
        dict(
            batch_size=16,
            epochs=4,
            callbacks=[{'class_name': 'LearningRateScheduler', 'schedule': 'lr(epoch)=0.1*0.5**epoch'}],
        ),
    )


@case
def c12k_batchnorm_cnn(e):
    L = e.L
    r = R(21)
    x = r.rand(30, 8, 8, 3).astype(F)
    y = onehot(r.randint(0, 3, 30), 3)
    m = e.Sequential()
    seqin(e, m, L.Conv2D, (8, 8, 3), 4, (3, 3))
    m.add(L.BatchNormalization(momentum=0.9))
    m.add(L.Activation('relu'))
    m.add(L.AveragePooling2D((2, 2)))
    m.add(L.Flatten())
    m.add(L.Dense(3, activation='softmax'))
    return m, dict(x=[x], y=[y]), dict(C3, optimizer=OPT('Adam')), dict(batch_size=10, epochs=3)
