"""s16: the configurations of layers that are tried."""


def layer_cases():
    C = []

    def a(name, cls, kw, *shapes, **o):
        C.append(dict(name=name, cls=cls, kw=kw, shapes=shapes, **o))

    for act in ('softmax', 'elu', 'softplus', 'softsign', 'relu', 'tanh', 'sigmoid', 'hard_sigmoid', 'linear', 'selu'):
        a('activation_' + act, 'Activation', {'activation': act}, (3, 5), scale=4.0)
    a('activation_softmax_3d', 'Activation', {'activation': 'softmax'}, (2, 3, 4))
    a('activation_softmax_4d', 'Activation', {'activation': 'softmax'}, (2, 2, 3, 4))
    a('dense', 'Dense', {'units': 4}, (3, 5))
    a('dense_nobias_relu', 'Dense', {'units': 4, 'use_bias': False, 'activation': 'relu'}, (3, 5))
    a('dense_3d', 'Dense', {'units': 4, 'activation': 'tanh'}, (2, 3, 5))
    a('dense_4d', 'Dense', {'units': 2}, (2, 2, 3, 4))
    a(
        'dense_reg',
        'Dense',
        {
            'units': 4,
            'kernel_regularizer': ('l2', 0.1),
            'bias_regularizer': ('l1', 0.2),
            'activity_regularizer': ('l1_l2', 0.1, 0.3),
        },
        (3, 5),
    )
    a('dropout_infer', 'Dropout', {'rate': 0.5}, (3, 5))
    a('spatialdropout1d_infer', 'SpatialDropout1D', {'rate': 0.5}, (2, 3, 5))
    a('spatialdropout2d_infer', 'SpatialDropout2D', {'rate': 0.5}, (2, 3, 3, 2))
    a('spatialdropout3d_infer', 'SpatialDropout3D', {'rate': 0.5}, (2, 2, 3, 3, 2))
    a('gaussiannoise_infer', 'GaussianNoise', {'stddev': 1.0}, (3, 5))
    a('gaussiandropout_infer', 'GaussianDropout', {'rate': 0.5}, (3, 5))
    a('alphadropout_infer', 'AlphaDropout', {'rate': 0.5}, (3, 5))
    a('flatten', 'Flatten', {}, (2, 3, 4, 2))
    a('reshape', 'Reshape', {'target_shape': (6, 4)}, (2, 3, 4, 2))
    a('reshape_m1', 'Reshape', {'target_shape': (-1, 2, 2)}, (2, 3, 4, 2))
    a('permute', 'Permute', {'dims': (3, 1, 2)}, (2, 3, 4, 5))
    a('repeatvector', 'RepeatVector', {'n': 3}, (2, 5))
    a('activityreg', 'ActivityRegularization', {'l1': 0.1, 'l2': 0.2}, (3, 5))
    a('masking', 'Masking', {'mask_value': 0.0}, (2, 4, 3), zero_steps=True)
    for pad in ('valid', 'same', 'causal'):
        a('conv1d_' + pad, 'Conv1D', {'filters': 4, 'kernel_size': 3, 'padding': pad}, (2, 8, 3))
    a(
        'conv1d_stride',
        'Conv1D',
        {'filters': 4, 'kernel_size': 3, 'strides': 2, 'padding': 'same', 'activation': 'relu'},
        (2, 9, 3),
    )
    a('conv1d_dil', 'Conv1D', {'filters': 4, 'kernel_size': 2, 'dilation_rate': 2, 'padding': 'causal'}, (2, 8, 3))
    for pad in ('valid', 'same'):
        a('conv2d_' + pad, 'Conv2D', {'filters': 4, 'kernel_size': (3, 2), 'padding': pad}, (2, 6, 5, 3))
        a(
            'conv2d_stride_' + pad,
            'Conv2D',
            {'filters': 4, 'kernel_size': 3, 'strides': (2, 2), 'padding': pad, 'activation': 'relu'},
            (2, 7, 6, 3),
        )
        a(
            'conv2d_dil_' + pad,
            'Conv2D',
            {'filters': 2, 'kernel_size': 3, 'dilation_rate': 2, 'padding': pad},
            (2, 7, 7, 2),
        )
        a('conv2dT_' + pad, 'Conv2DTranspose', {'filters': 4, 'kernel_size': 3, 'padding': pad}, (2, 5, 4, 3))
        a(
            'conv2dT_stride_' + pad,
            'Conv2DTranspose',
            {'filters': 2, 'kernel_size': 3, 'strides': 2, 'padding': pad},
            (2, 4, 3, 3),
        )
        a(
            'sepconv_' + pad,
            'SeparableConv2D',
            {'filters': 4, 'kernel_size': 3, 'padding': pad, 'depth_multiplier': 2},
            (2, 6, 5, 3),
        )
        a('conv3d_' + pad, 'Conv3D', {'filters': 3, 'kernel_size': (2, 3, 2), 'padding': pad}, (1, 4, 5, 4, 2))
        a('maxpool1d_' + pad, 'MaxPooling1D', {'pool_size': 3, 'strides': 2, 'padding': pad}, (2, 8, 3))
        a('avgpool1d_' + pad, 'AveragePooling1D', {'pool_size': 3, 'strides': 2, 'padding': pad}, (2, 8, 3))
        a('maxpool2d_' + pad, 'MaxPooling2D', {'pool_size': (3, 2), 'strides': (2, 2), 'padding': pad}, (2, 6, 5, 3))
        a(
            'avgpool2d_' + pad,
            'AveragePooling2D',
            {'pool_size': (3, 2), 'strides': (2, 2), 'padding': pad},
            (2, 6, 5, 3),
        )
        a('maxpool3d_' + pad, 'MaxPooling3D', {'pool_size': 2, 'padding': pad}, (1, 5, 4, 4, 2))
        a('avgpool3d_' + pad, 'AveragePooling3D', {'pool_size': 2, 'padding': pad}, (1, 5, 4, 4, 2))
    a(
        'sepconv_stride',
        'SeparableConv2D',
        {'filters': 4, 'kernel_size': 3, 'strides': (2, 2), 'padding': 'same'},
        (2, 6, 6, 3),
    )
    a('conv3d_stride', 'Conv3D', {'filters': 3, 'kernel_size': 2, 'strides': 2}, (1, 4, 5, 4, 2))
    a('conv3dT', 'Conv3DTranspose', {'filters': 2, 'kernel_size': 2, 'strides': 2, 'padding': 'same'}, (1, 2, 3, 2, 2))
    for cls, kw, s in (
        ('Conv2D', {'filters': 4, 'kernel_size': 3, 'padding': 'same'}, (2, 3, 6, 5)),
        ('MaxPooling2D', {'pool_size': 2}, (2, 3, 6, 5)),
        ('AveragePooling2D', {'pool_size': 2, 'padding': 'same'}, (2, 3, 5, 5)),
        ('GlobalAveragePooling2D', {}, (2, 3, 6, 5)),
        ('GlobalMaxPooling2D', {}, (2, 3, 6, 5)),
        ('UpSampling2D', {'size': (2, 3)}, (2, 3, 2, 3)),
        ('ZeroPadding2D', {'padding': ((1, 2), (0, 1))}, (2, 3, 2, 3)),
        ('Cropping2D', {'cropping': ((1, 1), (0, 2))}, (2, 3, 5, 6)),
        ('Conv2DTranspose', {'filters': 2, 'kernel_size': 3, 'strides': 2, 'padding': 'same'}, (2, 3, 4, 3)),
        ('MaxPooling3D', {'pool_size': 2}, (1, 2, 4, 4, 4)),
        ('Conv3D', {'filters': 2, 'kernel_size': 2}, (1, 2, 4, 4, 4)),
        ('SeparableConv2D', {'filters': 4, 'kernel_size': 3}, (2, 3, 6, 5)),
    ):
        a(cls.lower() + '_cf', cls, dict(kw, data_format='channels_first'), s)
    a('crop1d', 'Cropping1D', {'cropping': (1, 2)}, (2, 6, 3))
    a('crop2d', 'Cropping2D', {'cropping': ((1, 2), (0, 1))}, (2, 6, 5, 2))
    a('crop3d', 'Cropping3D', {'cropping': ((1, 1), (0, 1), (1, 0))}, (1, 4, 4, 4, 2))
    a('up1d', 'UpSampling1D', {'size': 2}, (2, 3, 2))
    a('up2d', 'UpSampling2D', {'size': (2, 3)}, (2, 3, 2, 2))
    a('up3d', 'UpSampling3D', {'size': (2, 1, 2)}, (1, 2, 2, 2, 2))
    a('pad1d', 'ZeroPadding1D', {'padding': (1, 2)}, (2, 3, 2))
    a('pad2d', 'ZeroPadding2D', {'padding': ((1, 2), (0, 1))}, (2, 3, 2, 2))
    a('pad3d', 'ZeroPadding3D', {'padding': ((1, 0), (0, 1), (2, 1))}, (1, 2, 2, 2, 2))
    for g in ('GlobalMaxPooling1D', 'GlobalAveragePooling1D'):
        a(g.lower(), g, {}, (2, 5, 3))
    for g in ('GlobalMaxPooling2D', 'GlobalAveragePooling2D'):
        a(g.lower(), g, {}, (2, 4, 5, 3))
    a('local1d', 'LocallyConnected1D', {'filters': 3, 'kernel_size': 3}, (2, 7, 2))
    a(
        'local1d_stride',
        'LocallyConnected1D',
        {'filters': 3, 'kernel_size': 3, 'strides': 2, 'activation': 'relu'},
        (2, 7, 2),
    )
    a('local2d', 'LocallyConnected2D', {'filters': 3, 'kernel_size': (2, 3)}, (2, 5, 5, 2))
    a('local2d_stride', 'LocallyConnected2D', {'filters': 2, 'kernel_size': 2, 'strides': (2, 2)}, (2, 5, 5, 2))
    a('embedding', 'Embedding', {'input_dim': 7, 'output_dim': 4}, (3, 5), int_max=7)
    a(
        'embedding_reg',
        'Embedding',
        {'input_dim': 7, 'output_dim': 4, 'embeddings_regularizer': ('l2', 0.1)},
        (3, 5),
        int_max=7,
    )
    for rn in ('SimpleRNN', 'GRU', 'LSTM'):
        l = rn.lower()
        a(l, rn, {'units': 4}, (2, 5, 3))
        a(l + '_seq', rn, {'units': 4, 'return_sequences': True}, (2, 5, 3))
        a(l + '_back', rn, {'units': 4, 'go_backwards': True, 'return_sequences': True}, (2, 5, 3))
        a(l + '_masked', rn, {'units': 4}, (2, 5, 3), mask=True)
        a(l + '_masked_seq', rn, {'units': 4, 'return_sequences': True}, (2, 5, 3), mask=True)
        a(l + '_masked_back', rn, {'units': 4, 'go_backwards': True}, (2, 5, 3), mask=True)
        a(l + '_nobias', rn, {'units': 4, 'use_bias': False}, (2, 5, 3))
        a(l + '_unroll', rn, {'units': 4, 'unroll': True}, (2, 5, 3))
        a(l + '_relu', rn, {'units': 4, 'activation': 'relu'}, (2, 5, 3))
        a(
            l + '_reg',
            rn,
            {
                'units': 4,
                'kernel_regularizer': ('l2', 0.1),
                'recurrent_regularizer': ('l1', 0.1),
                'bias_regularizer': ('l2', 0.1),
            },
            (2, 5, 3),
        )
        a(l + '_stateful2', rn, {'units': 4, 'stateful': True}, (2, 5, 3), stateful=True)
        a(l + '_state', '%s' % rn, {'units': 4, 'return_state': True}, (2, 5, 3))
    a('lstm_sigmoid', 'LSTM', {'units': 4, 'recurrent_activation': 'sigmoid'}, (2, 5, 3))
    a('gru_sigmoid', 'GRU', {'units': 4, 'recurrent_activation': 'sigmoid'}, (2, 5, 3))
    a('lstm_impl2', 'LSTM', {'units': 4, 'implementation': 2}, (2, 5, 3))
    a('gru_impl2', 'GRU', {'units': 4, 'implementation': 2}, (2, 5, 3))
    a('gru_impl1', 'GRU', {'units': 4, 'implementation': 1}, (2, 5, 3))
    a('lstm_impl1', 'LSTM', {'units': 4, 'implementation': 1}, (2, 5, 3))
    a('convlstm2d', 'ConvLSTM2D', {'filters': 3, 'kernel_size': 2, 'padding': 'same'}, (1, 3, 4, 4, 2))
    a('convlstm2d_seq', 'ConvLSTM2D', {'filters': 2, 'kernel_size': 3, 'return_sequences': True}, (1, 3, 5, 5, 2))
    for mg in ('Add', 'Multiply', 'Average', 'Maximum', 'Concatenate'):
        a(mg.lower(), mg, {}, (3, 4), (3, 4))
        a(mg.lower() + '3', '%s' % mg, {}, (2, 3, 4), (2, 3, 4), (2, 3, 4))
    a('subtract', 'Subtract', {}, (3, 4), (3, 4))
    a('concat_axis1', 'Concatenate', {'axis': 1}, (2, 3, 4), (2, 2, 4))
    a('add_broadcast', 'Add', {}, (2, 3, 4), (2, 4))
    a('dot', 'Dot', {'axes': 1}, (3, 4), (3, 4))
    a('dot_norm', 'Dot', {'axes': 1, 'normalize': True}, (3, 4), (3, 4))
    a('dot_3d', 'Dot', {'axes': 2}, (2, 3, 4), (2, 5, 4))
    a('dot_axes', 'Dot', {'axes': (1, 2)}, (2, 4, 3), (2, 5, 4))
    a('dot_3d_1', 'Dot', {'axes': 1}, (2, 4, 3), (2, 4, 5))
    a('leakyrelu', 'LeakyReLU', {'alpha': 0.3}, (3, 5), scale=2.0)
    a('prelu', 'PReLU', {}, (3, 5), scale=2.0)
    a('prelu_shared', 'PReLU', {'shared_axes': [1, 2]}, (2, 3, 3, 2), scale=2.0)
    a('elu', 'ELU', {'alpha': 0.7}, (3, 5), scale=2.0)
    a('thresholded', 'ThresholdedReLU', {'theta': 0.6}, (3, 5), scale=2.0)
    for t in (False, True):
        s = '_train' if t else ''
        a('bn' + s, 'BatchNormalization', {}, (6, 4), training=t)
        a(
            'bn_noscale' + s,
            'BatchNormalization',
            {'scale': False, 'center': False, 'epsilon': 0.01},
            (6, 4),
            training=t,
        )
        a('bn_4d' + s, 'BatchNormalization', {'momentum': 0.8}, (3, 4, 4, 2), training=t)
        a('bn_3d' + s, 'BatchNormalization', {}, (3, 4, 2), training=t)
        a('bn_axis1' + s, 'BatchNormalization', {'axis': 1}, (3, 2, 4, 4), training=t)
    a('td_dense', 'TimeDistributed', {'layer': ('Dense', {'units': 4, 'activation': 'relu'})}, (2, 3, 5))
    a('td_conv', 'TimeDistributed', {'layer': ('Conv2D', {'filters': 2, 'kernel_size': 3})}, (2, 3, 5, 5, 2))
    a('td_flatten', 'TimeDistributed', {'layer': ('Flatten', {})}, (2, 3, 2, 2))
    for mm in ('concat', 'sum', 'mul', 'ave', None):
        a(
            'bidir_lstm_%s' % mm,
            'Bidirectional',
            {'layer': ('LSTM', {'units': 3, 'return_sequences': True}), 'merge_mode': mm},
            (2, 4, 3),
        )
    a('bidir_gru_last', 'Bidirectional', {'layer': ('GRU', {'units': 3})}, (2, 4, 3))
    a(
        'bidir_lstm_masked',
        'Bidirectional',
        {'layer': ('LSTM', {'units': 3, 'return_sequences': True})},
        (2, 4, 3),
        mask=True,
    )
    a('bidir_rnn_masked_last', 'Bidirectional', {'layer': ('SimpleRNN', {'units': 3})}, (2, 4, 3), mask=True)
    return C
