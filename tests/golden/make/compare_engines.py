"""Runs all engines one after the other, and writes how far apart they are: tolerance.json."""

import os
import sys
import json
import subprocess
import glob
import base64
import numpy as np
import shutil

from paths import GOLDEN as OUT, MAKE, TMP


def call(*a):
    print('>>', *a, flush=True)
    p = subprocess.run(
        [sys.executable, MAKE + '/make_goldens.py', *a], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    open(TMP + '/log_' + '_'.join(x.strip('-').replace('/', '') for x in a)[:60] + '.txt', 'w').write(p.stdout)
    print(
        '\n'.join(
            l
            for l in p.stdout.splitlines()
            if 'FAILED' in l or 'layer errors' in l or l.startswith('    ') and ':' in l and 'File' not in l
        )[:3000],
        flush=True,
    )


def un(d):
    return (
        np.frombuffer(base64.b64decode(d['b64']), {'float32': '<f4', 'int32': '<i4', 'bool': 'u1'}[d['dtype']])
        .astype('f8')
        .reshape(d['shape'])
    )


def diff(a, b):
    """Largest absolute difference over what both have; infinite where shapes differ."""
    if isinstance(a, dict) and 'b64' in a:
        if not isinstance(b, dict) or a['shape'] != b.get('shape'):
            return float('inf')
        x, y = un(a), un(b)
        with np.errstate(invalid='ignore'):
            d = np.abs(x - y)
        d = d[np.isfinite(d)]
        return float(d.max()) if d.size else 0.0
    if isinstance(a, dict):
        return max([diff(v, b[k]) for k, v in a.items() if isinstance(b, dict) and k in b] or [0.0])
    if isinstance(a, list):
        if not isinstance(b, list) or len(a) != len(b):
            return float('inf')
        return max([diff(x, y) for x, y in zip(a, b)] or [0.0])
    if isinstance(a, (int, float)) and not isinstance(a, bool) and isinstance(b, (int, float)):
        return abs(a - b)
    return 0.0


def ld(p):
    return json.load(open(p)) if os.path.exists(p) else None


def norm(h):  # tf-keras history key names -> 2.0.8 ones
    return {k.replace('accuracy', 'acc') if 'categorical' not in k else k: v for k, v in h.items()}


def clean(x):
    if isinstance(x, dict):
        return {k: clean(v) for k, v in x.items()}
    if isinstance(x, list):
        return [clean(v) for v in x]
    if isinstance(x, float) and not np.isfinite(x):
        return str(x)
    return float('%.3g' % x) if isinstance(x, float) else x


def compare():
    tol = {'training': {}, 'sweeps': {}}
    for d in sorted(glob.glob(OUT + '/c*')):
        n = os.path.basename(d)
        a = ld(d + '/expected.json')
        if not a:
            continue
        r = ld(f'{TMP}/k208b/{n}/expected.json')
        f = ld(f'{TMP}/k208_64/{n}/expected.json')
        t = ld(d + '/expected.tfkeras.json')
        o = {}

        def W(tag):
            p = f'{TMP}/w/{tag}/{n}.npz'
            return [v for v in np.load(p).values()] if os.path.exists(p) else None

        w0 = W('k208_float32_0')
        for lab, b, tag in (
            ('rerun', r, 'k208_float32_1'),
            ('float64', f, 'k208_float64_1'),
            ('tfkeras', t, 'tfk_float32_0'),
        ):
            if not b:
                continue
            q = {
                k: diff(a[k], b[k])
                for k in (
                    'init_predict',
                    'init_evaluate',
                    'final_predict',
                    'final_evaluate',
                    'train_on_batch',
                    'resume_train_on_batch',
                )
                if k in b
            }
            q['history'] = diff(norm(a['history']), norm(b['history']))
            w = W(tag)
            q['final_weights'] = (
                float(max(np.abs(np.asarray(x, 'f8') - y).max() for x, y in zip(w0, w)))
                if w and w0 and len(w) == len(w0) and all(x.shape == y.shape for x, y in zip(w, w0))
                else float('inf')
            )
            o[lab] = q
        tol['training'][n] = o
    for d in sorted(glob.glob(OUT + '/s*')):
        n = os.path.basename(d)
        a = ld(d + '/sweep.json')
        if not a:
            continue
        f = ld(f'{TMP}/k208_64/{n}/sweep.json')
        t = ld(d + '/sweep.tfkeras.json')
        o = {}
        if 'cases' in a:
            for i, c in enumerate(a['cases']):
                key = c.get('name') or '|'.join(
                    str(c.get(k))
                    for k in ('loss', 'metric', 'k', 'class_name', 'sequence', 'data')
                    if c.get(k) is not None
                )
                e = {}
                if key in o:
                    key += '#%d' % i
                for lab, b in (('float64', f), ('tfkeras', t)):
                    if not b or i >= len(b['cases']):
                        continue
                    bc = b['cases'][i]
                    keys = [
                        k
                        for k in (
                            'outputs',
                            'outputs2',
                            'grad_weights',
                            'grad_inputs',
                            'losses',
                            'weights_after_step',
                            'loss',
                            'per',
                            'mean',
                            'grad',
                            'weighted',
                            'raw',
                            'trace',
                            'masked',
                            'temporal_weighted',
                            'masked_temporal_weighted',
                        )
                        if k in c and k in bc and not isinstance(c[k], str)
                    ]
                    e[lab] = {'error': bc['error']} if 'error' in bc else {k: diff(c[k], bc[k]) for k in keys}
                o[key] = e
        tol['sweeps'][n] = o
    json.dump(clean(tol), open(OUT + '/tolerance.json', 'w'), indent=1)
    return tol


def main():
    shutil.rmtree(TMP, ignore_errors=True)
    os.makedirs(TMP)
    call('--engine', 'k208')
    call('--engine', 'tfk')
    call('--engine', 'k208', '--bare', '--out', TMP + '/k208b')
    call('--engine', 'k208', '--dtype', 'float64', '--bare', '--out', TMP + '/k208_64')
    call('--engine', 'k3')
    compare()


if __name__ == '__main__':
    compare()
