"""s17: weights by name, nested models, frozen layers, summary."""

import json
import os

from tensors import F, R, b64, jd


def by_name(e, out):
    L = e.L
    e.clear()
    d = os.path.join(out, 's17_load_by_name')
    os.makedirs(d, exist_ok=True)
    sfx = '' if e.name == 'k208' else '.tfkeras'
    r = R(170)
    w = lambda *s: (r.rand(*s) - 0.5).astype(F)
    A = e.Sequential()
    A.add(L.Dense(2, input_dim=3, name='dense_1'))
    A.add(L.Dense(3, name='dense_2'))
    WA = [w(3, 2), w(2), w(2, 3), w(3)]
    A.set_weights(WA)
    A.save_weights(f'{d}/my_model_weights{sfx}.h5')
    Bm = e.Sequential()
    Bm.add(L.Dense(2, input_dim=3, name='dense_1'))
    Bm.add(L.Dense(10, name='new_dense'))
    WB = [w(3, 2), w(2), w(2, 10), w(10)]
    Bm.set_weights(WB)
    Bm.load_weights(f'{d}/my_model_weights{sfx}.h5', by_name=True)
    res = {
        'A_weights': [b64(q) for q in WA],
        'B_weights_before': [b64(q) for q in WB],
        'B_weights_after': [b64(q) for q in Bm.get_weights()],
        'A_json': json.loads(A.to_json()),
        'B_json': json.loads(Bm.to_json()),
    }

    def err(f):
        try:
            f()
            return None
        except Exception as ex:
            return type(ex).__name__ + ': ' + str(ex)

    C = e.Sequential()
    C.add(L.Dense(5, input_dim=3, name='dense_1'))
    res['by_name_shape_mismatch'] = err(lambda: C.load_weights(f'{d}/my_model_weights{sfx}.h5', by_name=True))
    res['by_position_layer_count_mismatch'] = err(lambda: C.load_weights(f'{d}/my_model_weights{sfx}.h5'))
    D = e.Sequential()
    D.add(L.Dense(2, input_dim=3, name='dense_1', use_bias=False))
    res['by_name_weight_count_mismatch'] = err(lambda: D.load_weights(f'{d}/my_model_weights{sfx}.h5', by_name=True))
    # nested model and shared layers: h5 layout of containers
    i = e.Input((3,))
    inner = e.Sequential(name='inner') if e.name != 'k208' else e.Sequential(name='inner')
    inner.add(L.Dense(2, input_dim=3, name='id1'))
    inner.add(L.BatchNormalization(name='ibn'))
    o = L.Dense(1, name='top')(inner(i))
    N = e.Model(inputs=i, outputs=o)
    N.save_weights(f'{d}/nested{sfx}.weights.h5'.replace('.tfkeras.weights.h5', '.tfkeras.h5'))
    (
        N.save(f'{d}/nested{sfx}.model.h5')
        if not err(lambda: (N.compile('sgd', 'mse'), N.save(f'{d}/nested{sfx}.model.h5')))
        else None
    )
    res['nested_weights'] = [{'name': q.name, 'value': b64(v)} for q, v in zip(N.weights, N.get_weights())]
    x = w(4, 3)
    res['nested_x'] = b64(x)
    res['nested_predict'] = b64(N.predict(x, verbose=0))
    T = e.Sequential()
    T.add(L.Dense(2, input_dim=3, name='dense_1', trainable=False))
    T.add(L.BatchNormalization(name='bn'))
    T.add(L.Dense(1, name='d2'))
    res['trainable_false'] = {
        'weights_order': [q.name for q in T.weights],
        'trainable': [q.name for q in T.trainable_weights],
        'non_trainable': [q.name for q in T.non_trainable_weights],
        'summary_counts': [int(T.count_params())],
    }
    import io
    import contextlib

    s = io.StringIO()
    with contextlib.redirect_stdout(s):
        T.summary()
    res['summary_text'] = s.getvalue()
    jd(res, f'{d}/expected{sfx}.json')
