"""Runs one training case on one engine and writes what it gives: see GOLDENS.md for the files."""

import json
import os
import shutil

import numpy as np

from paths import TMP
from tensors import F, R, b64, fl, jd
from training_cases import CASES


def layer_names(e, m):
    'names in get_weights() order: layer by layer (Model.weights of 2.0.8 lists trainable first)'
    n = [w.name for l in m.layers for w in l.weights]
    return n if len(n) == len(m.get_weights()) else [w.name for w in m.weights]


def seed_weights(e, m, s):
    ws = m.get_weights()
    out = []
    r = R(1000 + s)
    names = layer_names(e, m)
    for w, n in zip(ws, names):
        if 'variance' in n:
            v = 1 + 0.2 * r.rand(*w.shape)
        elif w.ndim <= 1:
            v = w + 0.1 * (r.rand(*w.shape) - 0.5)
        else:
            lim = np.sqrt(6.0 / (np.prod(w.shape[:-2]) * (w.shape[-2] + w.shape[-1])))
            v = (r.rand(*w.shape) * 2 - 1) * lim
        out.append(np.asarray(v, F).astype(w.dtype))
    return out


def one(v):
    return v[0] if isinstance(v, list) and len(v) == 1 else v


def do_compile(e, m, c):
    c = dict(c)
    o = c.pop('optimizer')
    c['optimizer'] = e.opt(o['class_name'], o['config'])
    if e.name == 'tfk':
        c.pop('sample_weight_mode', None)
    m.compile(**c)


def mk_callbacks(e, cbs, tmp):
    out = []
    for c in cbs:
        C = getattr(e.K.callbacks, c['class_name'])
        if c['class_name'] == 'LearningRateScheduler':
            out.append(C(lambda ep, *a: 0.1 * 0.5**ep))
            continue
        k = dict(c['config'])
        if 'filepath' in k:
            k['filepath'] = os.path.join(tmp, k['filepath'])
        if e.name == 'tfk' and 'epsilon' in k:
            k['min_delta'] = k.pop('epsilon')
        out.append(C(**k))
    return out


def run_case(e, name, outdir, bare):
    np.random.seed(0)
    e.clear()
    idx = sorted(CASES).index(name)
    build = CASES[name]
    m, d, comp, fit = build(e)
    W = seed_weights(e, m, idx)
    m.set_weights(W)
    ex = {'engine': e.name, 'dtype': e.dtype, 'weight_names': layer_names(e, m)}
    D = os.path.join(outdir, name)
    os.makedirs(D, exist_ok=True)
    T = e.name != 'k208'
    sfx = '.tfkeras' if T else ''
    if hasattr(m, '_nodes') and isinstance(m._nodes, dict):
        ex['nodes'] = m._nodes
    do_compile(e, m, comp)
    x, y = one(d['x']), one(d['y'])
    sw = one(d['sample_weight']) if 'sample_weight' in d else None
    bs = fit['batch_size']
    if not bare:
        js = m.to_json()
        open(f'{D}/model{sfx}.json', 'w').write(json.dumps(json.loads(js), indent=1))
        if not T:
            open(f'{D}/model.yaml', 'w').write(m.to_yaml())
            for k, v in d.items():
                if k.endswith('names'):
                    continue
                for i, a in enumerate(v):
                    np.save(f'{D}/{k}_{i}.npy', a)
            spec = {
                'compile': comp,
                'fit': dict(fit, shuffle=False),
                'inputs': d.get('x_names') or [f'x_{i}' for i in range(len(d['x']))],
                'outputs': d.get('y_names') or [f'y_{i}' for i in range(len(d['y']))],
                'data': {k: [f'{k}_{i}.npy' for i in range(len(v))] for k, v in d.items() if not k.endswith('names')},
                'doc': build.__doc__,
            }
            jd(spec, f'{D}/spec.json')
        m.save_weights(
            f'{D}/init.weights.h5' if not T else f'{D}/init.tfkeras.h5'
        )  # tf-keras writes the Keras 3 layout for names that end in .weights.h5
    stateful = name == 'c11b_stateful_lstm'
    rst = (lambda: m.reset_states()) if stateful else (lambda: None)
    pr = lambda: [
        np.asarray(p)[:8] for p in (lambda q: q if isinstance(q, list) else [q])(m.predict(x, batch_size=bs, verbose=0))
    ]
    ex['metrics_names'] = None
    ex['init_predict'] = [b64(p) for p in pr()]
    rst()
    ex['init_evaluate'] = fl(
        m.evaluate(x, y, batch_size=bs, verbose=0, **({'sample_weight': sw} if sw is not None else {}))
    )
    ex['metrics_names'] = list(m.metrics_names)
    rst()
    k = {q: v for q, v in fit.items() if q not in ('callbacks', 'class_weight')}
    if 'class_weight' in fit:
        k['class_weight'] = {int(a): b for a, b in fit['class_weight'].items()}
    if sw is not None:
        k['sample_weight'] = sw
    if 'x_val' in d:
        k['validation_data'] = (one(d['x_val']), one(d['y_val'])) + (
            (one(d['val_sample_weight']),) if 'val_sample_weight' in d else ()
        )
    tmp = f'{TMP}/checkpoints/{e.name}'
    shutil.rmtree(tmp, ignore_errors=True)
    os.makedirs(tmp)
    cbs = mk_callbacks(e, fit.get('callbacks', []), tmp)
    h = m.fit(x, y, shuffle=False, verbose=0, callbacks=cbs, **k)
    ex['history'] = {a: fl(b) for a, b in h.history.items()}
    ex['epoch'] = [int(v) for v in h.epoch]
    if fit.get('callbacks'):
        ex['checkpoint_files'] = sorted(os.listdir(tmp))
        ex['stopped_epoch'] = [getattr(c, 'stopped_epoch', None) for c in cbs]
    ex['final_weights_digest'] = [
        {'mean': float(np.mean(w)), 'l2': float(np.sqrt((np.asarray(w, 'f8') ** 2).sum()))} for w in m.get_weights()
    ]
    rst()
    ex['final_predict'] = [b64(p) for p in pr()]
    rst()
    ex['final_evaluate'] = fl(
        m.evaluate(x, y, batch_size=bs, verbose=0, **({'sample_weight': sw} if sw is not None else {}))
    )
    rst()
    final = [np.array(w) for w in m.get_weights()]
    if not bare:
        if not T:
            m.save_weights(f'{D}/final.weights.h5')
        m.save(f'{D}/whole_model{sfx}.h5')
    # resume: one more train_on_batch with the optimizer state the file holds
    bx = [a[:bs] for a in d['x']]
    by = [a[:bs] for a in d['y']]
    kw = {'sample_weight': one([a[:bs] for a in d['sample_weight']])} if sw is not None else {}
    ex['resume_train_on_batch'] = fl(m.train_on_batch(one(bx), one(by), **kw))
    rst()
    ex['resume_weights_l2'] = [float(np.sqrt((np.asarray(w, 'f8') ** 2).sum())) for w in m.get_weights()]
    # train_on_batch from the initial weights with a fresh optimizer
    e.clear()
    m, d2, comp, fit = build(e)
    m.set_weights(W)
    do_compile(e, m, comp)
    seq = []
    n = len(d['x'][0])
    for i in range(4):
        s = slice((i * bs) % n, min((i * bs) % n + bs, n))
        kw = {'sample_weight': one([a[s] for a in d['sample_weight']])} if sw is not None else {}
        kk = {} if e.name == 'k208' else {'reset_metrics': True}
        seq.append(fl(m.train_on_batch(one([a[s] for a in d['x']]), one([a[s] for a in d['y']]), **kw, **kk)))
    ex['train_on_batch'] = seq
    ex['test_on_batch_after'] = fl(m.test_on_batch(one(bx), one(by)))
    jd(ex, f'{D}/expected{sfx}.json')
    os.makedirs(f'{TMP}/w/{e.name}_{e.dtype}_{int(bare)}', exist_ok=True)
    np.savez(f'{TMP}/w/{e.name}_{e.dtype}_{int(bare)}/{name}.npz', *final)
    return ex


def run_k3(e, outdir):
    for name in sorted(CASES):
        try:
            e.clear()
            m, d, comp, fit = CASES[name](e)
            D = os.path.join(outdir, name)
            open(f'{D}/model.keras3.json', 'w').write(json.dumps(json.loads(m.to_json()), indent=1))
            if name in (
                'c01_mlp_binary',
                'c04_lstm_classify',
                'c07_aux_two_outputs',
                'c08_shared_lstm_tweets',
                'c09_shared_conv_nodes',
            ):
                m.set_weights(seed_weights(e, m, sorted(CASES).index(name)))
                c = dict(comp)
                o = c.pop('optimizer')
                m.compile(optimizer=e.opt(o['class_name'], o['config']), **c)
                m.fit(
                    one(d['x']),
                    one(d['y']) if 'y_names' not in d else dict(zip(d['y_names'], d['y'])),
                    batch_size=fit['batch_size'],
                    epochs=1,
                    shuffle=False,
                    verbose=0,
                )
                p = m.predict(one(d['x']), verbose=0)
                p = p if isinstance(p, list) else [p] if not isinstance(p, dict) else list(p.values())
                m.save(f'{D}/keras3_model.h5')
                m.save(f'{D}/model.keras')
                m.save_weights(f'{D}/keras3.weights.h5')
                jd(
                    {
                        'predict_first8': [b64(np.asarray(q)[:8]) for q in p],
                        'note': 'predictions of the weights in keras3_model.h5 / model.keras / keras3.weights.h5 (one epoch of Keras 3 training from init)',
                    },
                    f'{D}/expected.keras3.json',
                )
        except Exception as ex:
            print('k3', name, 'FAILED', type(ex).__name__, str(ex)[:200])
