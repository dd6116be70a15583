"""The vocabulary: one file per family of layers, imported when a spec first uses it."""

from functools import cache
from importlib import import_module

from netspec.layers.base import Layer

FAMILIES = {
    "activation": "ReLU ReLU6 SELU SiLU Mish Hardsigmoid Hardswish "
    "Sigmoid Tanh Softsign Tanhshrink LogSigmoid",
    "adaptive": "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d "
    "AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d",
    "attention": "SelfAttention ClassToken PositionEmbedding",
    "branches": "Residual Concat Gate",
    "clamping": "Hardtanh Hardshrink Softshrink Threshold",
    "convolution": "Conv1d Conv2d Conv3d",
    "depth": "StochasticDepth",
    "dropout": "Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout",
    "glu": "GLU",
    "graph": "Graph",
    "identity": "Identity",
    "instance": "InstanceNorm1d InstanceNorm2d InstanceNorm3d GroupNorm",
    "layer_norm": "LayerNorm RMSNorm",
    "linear": "Linear",
    "local_norm": "LocalResponseNorm",
    "mean": "Mean",
    "normalization": "BatchNorm1d BatchNorm2d BatchNorm3d",
    "padding": "ZeroPad1d ZeroPad2d ZeroPad3d ConstantPad1d ConstantPad2d ConstantPad3d "
    "ReflectionPad1d ReflectionPad2d ReflectionPad3d "
    "ReplicationPad1d ReplicationPad2d ReplicationPad3d "
    "CircularPad1d CircularPad2d CircularPad3d ChannelPad",
    "permuting": "Permute",
    "pooling": "MaxPool1d MaxPool2d MaxPool3d AvgPool1d AvgPool2d AvgPool3d",
    "power": "LPPool1d LPPool2d LPPool3d",
    "rectifier": "LeakyReLU ELU CELU RReLU PReLU",
    "resampling": "Upsample UpsamplingNearest2d UpsamplingBilinear2d",
    "reshaping": "Flatten",
    "scaling": "Affine Scale",
    "sequential": "Sequential",
    "shuffling": "PixelShuffle PixelUnshuffle ChannelShuffle",
    "slicing": "Slice Select",
    "smooth": "GELU Softplus",
    "softmax": "Softmax LogSoftmax Softmin Softmax2d",
    "transposed": "ConvTranspose1d ConvTranspose2d ConvTranspose3d",
    "unflatten": "Unflatten",
}
"""Kinds by the file that defines them; a test holds this list against the files."""

KINDS: dict[str, str] = {
    kind: family for family, kinds in FAMILIES.items() for kind in kinds.split()
}


_REASONS = {
    "Bilinear": "takes two inputs, and a layer of a spec takes one",
    "MaxUnpool1d MaxUnpool2d MaxUnpool3d": "needs the indices of a pool, and a layer of a spec "
    "takes one tensor; Upsample or ConvTranspose2d makes maps larger",
    "FractionalMaxPool2d FractionalMaxPool3d": "draws its windows at random, so no unit has a "
    "receptive field of its own; AdaptiveMaxPool2d gives any size",
    "Fold Unfold": "mixes channels and positions in one axis; PixelShuffle and PixelUnshuffle "
    "move blocks of pixels",
    "LazyConv1d LazyConv2d LazyConv3d LazyConvTranspose1d LazyConvTranspose2d "
    "LazyConvTranspose3d LazyLinear LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d "
    "LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d": "is not needed: channels are "
    "inferred for every layer; write it without Lazy",
    "SyncBatchNorm": "is BatchNorm across processes; write BatchNorm2d",
    "RNN LSTM GRU RNNBase RNNCell LSTMCell GRUCell RNNCellBase": "gives two tensors and reads in "
    "sequence; specs are convolutional and fully connected",
    "MultiheadAttention": "takes three inputs; write SelfAttention, which is it with one "
    "input for all three",
    "Transformer TransformerDecoder TransformerDecoderLayer": "takes two inputs, and a layer of a "
    "spec takes one; SelfAttention and Linear in Residual make an encoder",
    "TransformerEncoder TransformerEncoderLayer": "is LayerNorm, SelfAttention, Linear and an "
    "activation in two Residual bodies; a block of them, repeated, is the encoder",
    "Embedding EmbeddingBag": "takes whole numbers; specs start from real ones",
    "CosineSimilarity PairwiseDistance": "takes two inputs, and a layer of a spec takes one",
    "AdaptiveLogSoftmaxWithLoss LinearCrossEntropyLoss": "is a loss; train: names the loss",
    "CrossMapLRN2d": "is LocalResponseNorm under an older name",
    "ModuleList ModuleDict ParameterList ParameterDict": "only holds others; write Sequential, or "
    "name the entries",
}

REFUSED: dict[str, str] = {
    kind: reason for kinds, reason in _REASONS.items() for kind in kinds.split()
}
"""Layers of torch.nn that have no place in a spec, and why: `{kind} {reason}` is a sentence."""


@cache
def find(kind: str) -> type[Layer] | None:
    """The class of a kind of layer such as Conv2d; None where there is no such kind."""
    family = KINDS.get(kind)
    if family is None:
        return None
    module = import_module(f"netspec.layers.{family}")
    return next(
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Layer) and kind in value.kinds
    )
