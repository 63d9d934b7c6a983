"""The engines: genuine Keras 2.0.8, tf-keras, Keras 3, behind one face that hides their different spellings."""

import os
import sys

from paths import K208


class E:
    pass


def load_engine(name, dtype):
    e = E()
    e.name = name
    e.dtype = dtype
    if name == 'k208':
        sys.path.insert(0, K208)
        import k208shim
        import keras as K
        from keras import backend as B

        B.set_floatx(dtype)
        e.clear = B.clear_session
        e.load_model = K.models.load_model
        e.opt = lambda c, cfg: getattr(K.optimizers, c)(**cfg)
        e.rec = {}
        e.gru = {}
    elif name == 'tfk':
        import tf_keras as K
        from tf_keras import backend as B

        B.set_floatx(dtype)
        e.clear = B.clear_session
        e.load_model = K.models.load_model

        def opt(c, cfg):
            cfg = dict(cfg)
            if 'lr' in cfg:
                cfg['learning_rate'] = cfg.pop('lr')
            cfg.setdefault(
                'learning_rate',
                {
                    'SGD': 0.01,
                    'RMSprop': 0.001,
                    'Adagrad': 0.01,
                    'Adadelta': 1.0,
                    'Adam': 0.001,
                    'Adamax': 0.002,
                    'Nadam': 0.002,
                }[c],
            )
            if c != 'SGD':
                cfg.setdefault('epsilon', 1e-8)
            if c == 'Adagrad':
                cfg.setdefault('initial_accumulator_value', 0.0)
            return getattr(K.optimizers.legacy, c)(**cfg)

        e.opt = opt
        e.rec = {'recurrent_activation': 'hard_sigmoid'}
        e.gru = {'reset_after': False}
    else:
        os.environ['KERAS_BACKEND'] = 'tensorflow'
        os.environ.pop('TF_USE_LEGACY_KERAS')
        import keras as K
        from keras import backend as B

        e.clear = K.utils.clear_session
        e.load_model = K.models.load_model

        def opt(c, cfg):
            cfg = dict(cfg)
            cfg['learning_rate'] = cfg.pop('lr', 0.001)
            cfg.pop('decay', None)
            return getattr(K.optimizers, c)(**cfg)

        e.opt = opt
        e.rec = {}
        e.gru = {'reset_after': False}
    e.K = K
    e.B = B
    e.L = K.layers
    e.Input = K.layers.Input if name != 'k3' else K.Input
    e.Model = K.models.Model
    e.Sequential = K.models.Sequential
    return e
