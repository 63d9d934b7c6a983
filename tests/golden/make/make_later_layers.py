"""Layers and arguments that Keras got after 2.0, as tf-keras computes them: s19_later_layers/sweep.json."""

import json
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL='3', CUDA_VISIBLE_DEVICES='-1')

import tensorflow as tf
import tf_keras as keras

from paths import GOLDEN
from tensors import R, b64, jd

L = keras.layers


def coarse(x):
    """Values that often are equal: gradients of maxima are shared there."""
    return (x * 2).round() / 2


CASES = [
    ('layer_norm', L.LayerNormalization(), [(3, 5)]),
    ('layer_norm_axes', L.LayerNormalization(axis=[1, -1], epsilon=0.01, scale=False), [(2, 3, 2, 4)]),
    ('group_norm', L.GroupNormalization(groups=2), [(2, 3, 3, 4)]),
    ('instance_norm', L.GroupNormalization(groups=-1, axis=1, center=False), [(2, 3, 4, 2)]),
    ('depthwise_same', L.DepthwiseConv2D((3, 2), depth_multiplier=2, padding='same', activation='relu'), [(2, 5, 4, 2)]),
    ('depthwise_stride', L.DepthwiseConv2D(2, strides=2, use_bias=False), [(2, 5, 4, 3)]),
    ('separable1d', L.SeparableConv1D(3, 3, strides=2, padding='same', depth_multiplier=2), [(2, 7, 2)]),
    ('separable2d_dilated', L.SeparableConv2D(3, 2, dilation_rate=2, padding='same'), [(1, 5, 5, 2)]),
    ('conv2dT_output_padding', L.Conv2DTranspose(2, 3, strides=2, output_padding=(1, 0), padding='same'), [(1, 3, 4, 2)]),
    ('conv2dT_output_padding_valid', L.Conv2DTranspose(2, (3, 2), strides=2, output_padding=1), [(1, 3, 4, 2)]),
    ('conv3dT_stride', L.Conv3DTranspose(2, 3, strides=(1, 2, 1), padding='same'), [(1, 2, 3, 2, 2)]),
    ('conv3dT_output_padding', L.Conv3DTranspose(2, 3, strides=2, output_padding=1), [(1, 2, 3, 2, 2)]),
    ('conv3d_dilated', L.Conv3D(2, 2, dilation_rate=(2, 1, 2), padding='same'), [(1, 4, 3, 4, 2)]),
    ('softmax_axis', L.Softmax(axis=1), [(2, 3, 4)]),
    ('relu_max_slope', L.ReLU(max_value=0.5, negative_slope=0.1), [(3, 5)]),
    ('relu_threshold_slope', L.ReLU(threshold=0.3, negative_slope=0.2), [(3, 5)]),
    ('relu_threshold_max', L.ReLU(threshold=0.3, max_value=0.6), [(3, 5)]),
    ('minimum', L.Minimum(), [(3, 4), (3, 4)]),
    ('maximum_broadcast', L.Maximum(), [(2, 3, 4), (2, 1, 4)]),
    ('maximum_ties', L.Maximum(), [(6, 4), (6, 4)], coarse),
    ('rescaling', L.Rescaling(0.5, 0.2), [(3, 4)]),
    ('global_max1d_keepdims', L.GlobalMaxPooling1D(keepdims=True), [(2, 4, 3)]),
    ('global_max2d_ties', L.GlobalMaxPooling2D(), [(2, 3, 3, 2)], coarse),
    ('global_average3d', L.GlobalAveragePooling3D(), [(2, 2, 3, 2, 3)]),
    ('dot_4d', L.Dot(axes=(3, 2)), [(2, 3, 2, 4), (2, 5, 4)]),
    ('local2d_strides', L.LocallyConnected2D(2, 2, strides=(2, 3)), [(2, 5, 6, 2)]),
    ('prelu_shared_time', L.PReLU(shared_axes=[1]), [(3, 4, 2)]),
    ('mha_cross', L.MultiHeadAttention(2, 3), [(2, 4, 6), (2, 5, 6)]),
    ('mha_key_sizes', L.MultiHeadAttention(3, 2, value_dim=4, output_shape=7), [(2, 4, 6), (2, 5, 6), (2, 5, 3)]),
    ('mha_output_list', L.MultiHeadAttention(2, 3, output_shape=[2, 5], use_bias=False), [(2, 4, 6), (2, 5, 6)]),
    ('mha_causal', L.MultiHeadAttention(2, 3), [(2, 4, 6), (2, 5, 6)], None, None, {'use_causal_mask': True}),
    ('mha_masked', L.MultiHeadAttention(2, 3), [(2, 4, 6), (2, 5, 6)], None, [(3, 4), (5, 2)]),
    ('mha_value_masked', L.MultiHeadAttention(1, 3), [(2, 4, 6), (2, 5, 6), (2, 5, 6)], None, [None, (5, 2), (4, 5)], {'use_causal_mask': True}),
    ('attention_scaled', L.Attention(use_scale=True), [(2, 3, 4), (2, 5, 4)]),
    ('attention_key_causal', L.Attention(), [(2, 3, 4), (2, 5, 2), (2, 5, 4)], None, None, {'use_causal_mask': True}),
    ('attention_masked', L.Attention(), [(2, 3, 4), (2, 5, 4)], None, [(3, 1), (5, 2)]),
    ('additive_attention', L.AdditiveAttention(), [(2, 3, 4), (2, 5, 4)]),
    ('additive_attention_masked', L.AdditiveAttention(use_scale=False), [(2, 3, 4), (2, 5, 4)], None, [(3, 1), (5, 2)]),
    ('conv1dT', L.Conv1DTranspose(3, 3, strides=2, activation='tanh'), [(2, 4, 2)]),
    ('conv1dT_output_padding', L.Conv1DTranspose(3, 3, strides=2, padding='same', output_padding=1), [(2, 4, 2)]),
    ('conv2dT_dilated', L.Conv2DTranspose(2, (2, 3), dilation_rate=2), [(1, 3, 4, 2)]),
    ('conv2dT_dilated_same', L.Conv2DTranspose(2, 3, dilation_rate=2, padding='same'), [(1, 5, 4, 2)]),
    ('conv2d_groups', L.Conv2D(4, (2, 3), groups=2, padding='same', strides=2), [(1, 5, 4, 6)]),
    ('conv1d_groups', L.Conv1D(6, 2, groups=3), [(2, 5, 3)]),
    ('upsampling2d_bilinear', L.UpSampling2D((2, 3), interpolation='bilinear'), [(1, 3, 4, 2)]),
    ('unit_normalization', L.UnitNormalization(), [(3, 4)]),
    ('unit_normalization_axes', L.UnitNormalization(axis=[1, 2]), [(2, 3, 4)]),
    ('identity', L.Identity(), [(3, 4)]),
    *((f'activation_{name}', L.Activation(name), [(4, 5)], lambda x: 8 * x) for name in ('gelu', 'swish', 'mish', 'relu6', 'leaky_relu', 'log_softmax')),
]

# TensorFlow's CPU kernels have no gradient of a grouped convolution; XLA's code has.
COMPILED = ('conv2d_groups', 'conv1d_groups')


def plain(value):
    return value.as_list() if isinstance(value, tf.TensorShape) else float(value)


def caller(layer, masks, arguments):
    """The layer as a function of a list of tensors, its masks and arguments given as Keras's graph would."""

    def call(inputs):
        if isinstance(layer, L.MultiHeadAttention):
            for x, mask in zip(inputs, masks or []):
                x._keras_mask = mask
            query, value, *key = inputs
            return layer(query, value, *key, **arguments)
        given = inputs if len(inputs) > 1 else inputs[0]
        return layer(given, mask=masks, **arguments) if masks else layer(given, **arguments)

    return call


def run(index, name, layer, shapes, values=None, lengths=None, arguments=None):
    """`lengths`: for each input how many steps of each row count, or None; `arguments`: of the call."""
    draw = R(index)
    inputs = [tf.constant((values or (lambda x: x))(draw.uniform(-1, 1, shape)).astype('float32')) for shape in shapes]
    masks = lengths and [None if rows is None else tf.sequence_mask(rows, shape[1]) for rows, shape in zip(lengths, shapes)]
    call = caller(layer, masks, arguments or {})
    call(inputs)
    layer.set_weights([draw.uniform(-1, 1, weight.shape).astype('float32') for weight in layer.get_weights()])

    def differentiate(inputs):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            output = call(inputs)
            loss = tf.reduce_sum(output**2)
        # A value that no query sees has no gradient in TensorFlow.
        gradients = tape.gradient(loss, inputs + layer.trainable_weights, unconnected_gradients='zero')
        return output, gradients

    output, gradients = tf.function(differentiate, jit_compile=True)(inputs) if name in COMPILED else differentiate(inputs)
    return {
        'name': name,
        'class_name': type(layer).__name__,
        'config': json.loads(json.dumps(layer.get_config(), default=plain)),
        'inputs': [b64(x) for x in inputs],
        'weights': [b64(weight) for weight in layer.get_weights()],
        'outputs': [b64(output)],
        'grad_inputs': [b64(gradient) for gradient in gradients[: len(inputs)]],
        'grad_weights': [b64(gradient) for gradient in gradients[len(inputs) :]],
        'losses': [],
        'call': {
            'training': False,
            'mask': None,
            **({'masks': [None if mask is None else b64(mask) for mask in masks]} if masks else {}),
            **({'arguments': arguments} if arguments else {}),
        },
    }


if __name__ == '__main__':
    cases = [run(index, *case) for index, case in enumerate(CASES)]
    jd({'doc': 'tf-keras ' + keras.__version__, 'keras_version': keras.__version__, 'cases': cases}, os.path.join(GOLDEN, 's19_later_layers', 'sweep.json'), None)
