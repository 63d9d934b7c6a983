"""s12: callbacks on scripted values."""

import os

from paths import TMP
from tensors import jd
from sweeps.common import P


def callbacks(e, out):
    K = e.K
    res = {
        'doc': 'Scripted logs fed to callbacks: set_model(model, optimizer SGD lr=1.0), on_train_begin, then on_epoch_end(epoch,{monitor:value,loss:..}) for each value until stop_training. Records after each epoch.',
        'cases': [],
    }
    S = {
        'plateau': [1.0, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9],
        'noise': [1.0, 0.8, 0.85, 0.79, 0.7899, 0.78985, 0.9, 0.7, 0.72, 0.73],
        'up': [0.1, 0.2, 0.3, 0.3, 0.25, 0.31, 0.2, 0.1, 0.4, 0.4],
        'nan': [1.0, float('nan'), 0.5, 0.4, 0.6, 0.7, 0.7, 0.7, 0.7, 0.7],
    }
    T = [
        ('EarlyStopping', {'monitor': 'val_loss', 'patience': 0}),
        ('EarlyStopping', {'monitor': 'val_loss', 'patience': 1}),
        ('EarlyStopping', {'monitor': 'val_loss', 'patience': 3}),
        ('EarlyStopping', {'monitor': 'val_loss', 'patience': 2, 'min_delta': 0.01}),
        ('EarlyStopping', {'monitor': 'val_acc', 'patience': 2}),
        ('EarlyStopping', {'monitor': 'val_loss', 'patience': 2, 'mode': 'max'}),
        ('ReduceLROnPlateau', {'monitor': 'val_loss', 'factor': 0.5, 'patience': 0}),
        ('ReduceLROnPlateau', {'monitor': 'val_loss', 'factor': 0.5, 'patience': 2}),
        ('ReduceLROnPlateau', {'monitor': 'val_loss', 'factor': 0.1, 'patience': 1, 'cooldown': 2, 'min_lr': 0.005}),
        ('ReduceLROnPlateau', {'monitor': 'val_acc', 'factor': 0.5, 'patience': 1, 'epsilon': 0.05}),
        ('ReduceLROnPlateau', {'monitor': 'val_loss', 'factor': 0.5, 'patience': 1, 'mode': 'max'}),
        ('ModelCheckpoint', {'filepath': 'w.{epoch:02d}-{val_loss:.4f}.h5', 'save_weights_only': True}),
        ('ModelCheckpoint', {'filepath': 'm-{epoch:03d}.h5', 'save_best_only': True}),
        ('ModelCheckpoint', {'filepath': 'm-{epoch}-{val_loss:.2f}.h5', 'save_best_only': True, 'mode': 'max'}),
        ('ModelCheckpoint', {'filepath': 'acc-{epoch}.h5', 'save_best_only': True, 'monitor': 'val_acc'}),
        ('ModelCheckpoint', {'filepath': 'p-{epoch}.h5', 'period': 3}),
        ('ModelCheckpoint', {'filepath': 'pb-{epoch}.h5', 'period': 3, 'save_best_only': True}),
    ]
    import shutil

    for cls, kw in T:
        for sn, seq in S.items():
            e.clear()
            m = e.Sequential()
            m.add(e.L.Dense(1, input_shape=(1,)))
            m.compile(optimizer=e.opt('SGD', {'lr': 1.0}), loss='mse')
            m.stop_training = False
            tmp = f'{TMP}/checkpoints/{e.name}_s'
            shutil.rmtree(tmp, ignore_errors=True)
            os.makedirs(tmp)
            k = dict(kw)
            if 'filepath' in k:
                k['filepath'] = os.path.join(tmp, k['filepath'])
            if e.name == 'tfk' and 'epsilon' in k:
                k['min_delta'] = k.pop('epsilon')
            try:
                cb = getattr(K.callbacks, cls)(**k)
                cb.set_model(m)
                cb.set_params({'epochs': 10, 'metrics': ['loss', 'val_loss'], 'verbose': 0})
                cb.on_train_begin({})
                tr = []
                import warnings

                with warnings.catch_warnings():
                    warnings.simplefilter('ignore')
                    for ep, v in enumerate(seq):
                        logs = {'loss': v + 0.01, k.get('monitor', 'val_loss'): v}
                        if 'val_loss' not in logs:
                            logs['val_loss'] = 1 - v
                        cb.on_epoch_begin(ep, {})
                        cb.on_epoch_end(ep, logs)
                        tr.append(
                            {
                                'epoch': ep,
                                'value': v if v == v else 'nan',
                                'lr': float(e.B.get_value(m.optimizer.lr)),
                                'stop': bool(m.stop_training),
                                'files': sorted(os.listdir(tmp)),
                                'logs_lr': float(logs['lr']) if 'lr' in logs else None,
                            }
                        )
                        if m.stop_training:
                            break
                res['cases'].append(
                    {
                        'class_name': cls,
                        'config': kw,
                        'sequence': sn,
                        'trace': tr,
                        'stopped_epoch': getattr(cb, 'stopped_epoch', None),
                    }
                )
            except Exception as ex:
                res['cases'].append({'class_name': cls, 'config': kw, 'sequence': sn, 'error': str(ex)[:200]})
    jd(res, P(e, out, 's12_callbacks'), None)
