"""Layers, under Keras's names."""

from tinygrad_gates.keras.layers.activations.activation import Activation
from tinygrad_gates.keras.layers.activations.elu import ELU
from tinygrad_gates.keras.layers.activations.leaky_relu import LeakyReLU
from tinygrad_gates.keras.layers.activations.prelu import PReLU
from tinygrad_gates.keras.layers.activations.relu import ReLU
from tinygrad_gates.keras.layers.activations.softmax import Softmax
from tinygrad_gates.keras.layers.convolutional.conv1d import Conv1D
from tinygrad_gates.keras.layers.convolutional.conv1d_transpose import Conv1DTranspose
from tinygrad_gates.keras.layers.convolutional.conv2d import Conv2D
from tinygrad_gates.keras.layers.convolutional.conv2d_transpose import Conv2DTranspose
from tinygrad_gates.keras.layers.core.dense import Dense
from tinygrad_gates.keras.layers.core.embedding import Embedding
from tinygrad_gates.keras.layers.core.identity import Identity
from tinygrad_gates.keras.layers.core.input_layer import Input, InputLayer
from tinygrad_gates.keras.layers.core.lambda_layer import Lambda
from tinygrad_gates.keras.layers.core.masking import Masking
from tinygrad_gates.keras.layers.core.wrapper import Wrapper
from tinygrad_gates.keras.layers.input_spec import InputSpec
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.merging.add import Add, add
from tinygrad_gates.keras.layers.merging.average import Average, average
from tinygrad_gates.keras.layers.merging.concatenate import Concatenate, concatenate
from tinygrad_gates.keras.layers.merging.dot import Dot, dot
from tinygrad_gates.keras.layers.merging.maximum import Maximum, maximum
from tinygrad_gates.keras.layers.merging.minimum import Minimum, minimum
from tinygrad_gates.keras.layers.merging.multiply import Multiply, multiply
from tinygrad_gates.keras.layers.merging.subtract import Subtract, subtract
from tinygrad_gates.keras.layers.normalization.batch_normalization import BatchNormalization
from tinygrad_gates.keras.layers.normalization.group_normalization import GroupNormalization
from tinygrad_gates.keras.layers.normalization.layer_normalization import LayerNormalization
from tinygrad_gates.keras.layers.normalization.rms_normalization import RMSNormalization
from tinygrad_gates.keras.layers.normalization.unit_normalization import UnitNormalization
from tinygrad_gates.keras.layers.pooling.average_pooling1d import AveragePooling1D
from tinygrad_gates.keras.layers.pooling.average_pooling2d import AveragePooling2D
from tinygrad_gates.keras.layers.pooling.global_average_pooling1d import GlobalAveragePooling1D
from tinygrad_gates.keras.layers.pooling.global_average_pooling2d import GlobalAveragePooling2D
from tinygrad_gates.keras.layers.pooling.global_max_pooling1d import GlobalMaxPooling1D
from tinygrad_gates.keras.layers.pooling.global_max_pooling2d import GlobalMaxPooling2D
from tinygrad_gates.keras.layers.pooling.max_pooling1d import MaxPooling1D
from tinygrad_gates.keras.layers.pooling.max_pooling2d import MaxPooling2D
from tinygrad_gates.keras.layers.preprocessing.normalization import Normalization
from tinygrad_gates.keras.layers.preprocessing.rescaling import Rescaling
from tinygrad_gates.keras.layers.regularization.activity_regularization import (
    ActivityRegularization,
)
from tinygrad_gates.keras.layers.regularization.alpha_dropout import AlphaDropout
from tinygrad_gates.keras.layers.regularization.dropout import Dropout
from tinygrad_gates.keras.layers.regularization.gaussian_dropout import GaussianDropout
from tinygrad_gates.keras.layers.regularization.gaussian_noise import GaussianNoise
from tinygrad_gates.keras.layers.regularization.spatial_dropout1d import SpatialDropout1D
from tinygrad_gates.keras.layers.regularization.spatial_dropout2d import SpatialDropout2D
from tinygrad_gates.keras.layers.reshaping.cropping1d import Cropping1D
from tinygrad_gates.keras.layers.reshaping.cropping2d import Cropping2D
from tinygrad_gates.keras.layers.reshaping.flatten import Flatten
from tinygrad_gates.keras.layers.reshaping.permute import Permute
from tinygrad_gates.keras.layers.reshaping.repeat_vector import RepeatVector
from tinygrad_gates.keras.layers.reshaping.reshape import Reshape
from tinygrad_gates.keras.layers.reshaping.up_sampling1d import UpSampling1D
from tinygrad_gates.keras.layers.reshaping.up_sampling2d import UpSampling2D
from tinygrad_gates.keras.layers.reshaping.zero_padding1d import ZeroPadding1D
from tinygrad_gates.keras.layers.reshaping.zero_padding2d import ZeroPadding2D
from tinygrad_gates.keras.layers.rnn.bidirectional import Bidirectional
from tinygrad_gates.keras.layers.rnn.gru import GRU
from tinygrad_gates.keras.layers.rnn.gru_cell import GRUCell
from tinygrad_gates.keras.layers.rnn.lstm import LSTM
from tinygrad_gates.keras.layers.rnn.lstm_cell import LSTMCell
from tinygrad_gates.keras.layers.rnn.rnn import RNN
from tinygrad_gates.keras.layers.rnn.simple_rnn import SimpleRNN
from tinygrad_gates.keras.layers.rnn.simple_rnn_cell import SimpleRNNCell
from tinygrad_gates.keras.layers.rnn.stacked_rnn_cells import StackedRNNCells
from tinygrad_gates.keras.layers.rnn.time_distributed import TimeDistributed
from tinygrad_gates.keras.layers.serialization import deserialize, serialize

# Keras's other names.
AvgPool1D, AvgPool2D = AveragePooling1D, AveragePooling2D
Convolution1D, Convolution2D = Conv1D, Conv2D
Convolution1DTranspose, Convolution2DTranspose = Conv1DTranspose, Conv2DTranspose
GlobalAvgPool1D, GlobalAvgPool2D = GlobalAveragePooling1D, GlobalAveragePooling2D
GlobalMaxPool1D, GlobalMaxPool2D = GlobalMaxPooling1D, GlobalMaxPooling2D
MaxPool1D, MaxPool2D = MaxPooling1D, MaxPooling2D

__all__ = [
    "ELU",
    "GRU",
    "LSTM",
    "RNN",
    "Activation",
    "ActivityRegularization",
    "Add",
    "AlphaDropout",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "AvgPool1D",
    "AvgPool2D",
    "BatchNormalization",
    "Bidirectional",
    "Concatenate",
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Conv2DTranspose",
    "Convolution1D",
    "Convolution1DTranspose",
    "Convolution2D",
    "Convolution2DTranspose",
    "Cropping1D",
    "Cropping2D",
    "Dense",
    "Dot",
    "Dropout",
    "Embedding",
    "Flatten",
    "GRUCell",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GroupNormalization",
    "Identity",
    "Input",
    "InputLayer",
    "InputSpec",
    "LSTMCell",
    "Lambda",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPooling1D",
    "MaxPooling2D",
    "Maximum",
    "Minimum",
    "Multiply",
    "Normalization",
    "PReLU",
    "Permute",
    "RMSNormalization",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "SimpleRNN",
    "SimpleRNNCell",
    "Softmax",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "StackedRNNCells",
    "Subtract",
    "TimeDistributed",
    "UnitNormalization",
    "UpSampling1D",
    "UpSampling2D",
    "Wrapper",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "add",
    "average",
    "concatenate",
    "deserialize",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "serialize",
    "subtract",
]
