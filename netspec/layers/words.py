"""What other libraries call layers, and the entry that a spec has for it.

Only read where a name is not known. `language.words` has the same for arguments.
"""

from __future__ import annotations

from netspec.diagnostic import MAX_WORD
from netspec.language.words import bare, flat, sentence

_LAYERS = {
    "Linear": "dense fc fullyconnected innerproduct",
    "Conv{n}d": "conv convolution cnn",
    "ConvTranspose{n}d": "convtranspose convtransposed transposedconv transposeconv deconv "
    "deconvolution upconv",
    "MaxPool{n}d": "maxpool maxpooling pool pooling",
    "AvgPool{n}d": "avgpool avgpooling averagepool averagepooling meanpool meanpooling",
    "AdaptiveAvgPool{n}d": "adaptiveavgpool adaptiveaveragepool adaptiveaveragepooling",
    "AdaptiveMaxPool{n}d": "adaptivemaxpool adaptivemaxpooling",
    "AdaptiveAvgPool{n}d: 1": "globalavgpool globalavgpooling globalaveragepool gap globalpool "
    "globalaveragepooling globalpooling globalmeanpool",
    "AdaptiveMaxPool{n}d: 1": "globalmaxpool globalmaxpooling",
    "BatchNorm{n}d": "batchnorm batchnormalization batchnormalisation bn norm",
    "InstanceNorm{n}d": "instancenorm instancenormalization instancenormalisation",
    "LayerNorm": "layernormalization layernormalisation ln",
    "GroupNorm": "groupnormalization groupnormalisation gn",
    "LocalResponseNorm": "lrn localresponsenormalization",
    "Dropout{n}d": "spatialdropout featuredropout channeldropout",
    "ZeroPad{n}d": "pad padding zeropad zeropadding cropping crop",
    "ConstantPad{n}d": "constantpad constantpadding",
    "ReflectionPad{n}d": "reflectionpad reflectpad reflectionpadding reflectpadding mirrorpad",
    "ReplicationPad{n}d": "replicationpad replicatepad replicationpadding edgepad",
    "CircularPad{n}d": "circularpad circularpadding wrappad",
    "Upsample": "upsampling resize interpolate",
    "Residual: {body: […], shortcut: […]}": "add sum addition skip shortcut skipconnection "
    "residualblock residualadd resblock basicblock bottleneck",
    "Concat: [[…], […]]": "concatenate concatenation cat merge parallel branch branches inception",
    "Gate: […]": "multiply mul product squeezeexcitation squeezeexcite seblock selayer se",
    "Unflatten": "reshape view",
    "Slice": "slices slicing subsample stridedslice",
    "Select": "indexselect takeindex squeeze",
    "Mean": "reducemean average avg globalmean",
    "Scale": "layerscale channelscale learnedscale learnablescale gamma",
    "Affine": "channelaffine affinechannel rescaling rescale normalize",
    "ChannelPad": "padchannels channelpadding zeropadchannels channelzeropad",
    "SiLU": "swish",
    "Hardswish": "hswish",
    "Hardsigmoid": "hsigmoid",
    "StochasticDepth: [0.1, row]": "droppath dropconnect",
    "Identity": "noop passthrough none linearactivation",
}
_SENTENCES = {
    "repeat loop times stack": "write repeat: 3 beside the layer, or beside a block or a "
    "Sequential of several",
    "input inputlayer inputs": "write the shape of one sample as input:, above the layers",
    "output outputs": "the last layer is the output",
    "separableconv": "write two layers: Conv{n}d with groups, then Conv{n}d with kernel_size: 1",
    "depthwiseconv": "write Conv{n}d with groups: as many as the channels that come in",
    "activation nonlinearity act": "write the name of the function, such as ReLU",
    "lambda function fn": "a spec has no code; Slice, Mean, Affine, Graph and others say what a "
    "forward does between layers",
    "split chunk channelsplit unbind tensorsplit": "begin each branch of a Concat, or node of a "
    "Graph, with its part: Slice: {dim: 0, start: …, stop: …}",
    "narrow": "write Slice: {dim: …, start: …, stop: …}, where stop is start + length",
    "chomp": "write Slice: {dim: 1, stop: -2} for two positions less at the end",
    "parameter constant buffer tensor": "a spec has no tensors beside layers; Scale learns a "
    "factor for each channel, and Affine has constants",
    "subtract sub minus": "write Residual, and Affine: {scale: -1} behind the path that is "
    "taken off",
    "divide div": "write Affine: {scale: 0.5} to halve; no layer divides one tensor by another",
    "unsqueeze expanddims": "write Unflatten: [1, [1, -1]] for an axis of one before the channels",
    "matmul bmm einsum dot": "write Linear for a product with weights, or Gate for one of each "
    "element with its own",
    "abs exp log sqrt square pow sin cos reciprocal": "a spec has no functions of elements beside "
    "the activations of torch.nn",
    "flip roll tile gather sort topk argmax cumsum": "no layer does that, and a spec has no code",
}
_CONSTANTS = {
    "Affine: {scale: %s}": "multiply mul product times scaleby",
    "Affine: {shift: %s}": "add plus addition sum shift offset",
}
"""What an operation on two tensors is called too where the second is one number."""
_MOST = 1000
"""Names that a word is held against."""
_THEIRS = flat(_LAYERS)


def layer(word: str, rank: int, known: list[str]) -> str | None:
    """The entry that is written for a word, such as `AdaptiveAvgPool2d: 1`; None for none.

    `rank` is the number of spatial axes where the word does not tell it.
    """
    if len(word) > MAX_WORD:
        return None
    name = bare(word)
    if same := next((kind for kind in known[:_MOST] if bare(kind) == name), None):
        return same
    if name[-2:] in ("1d", "2d", "3d"):
        name, rank = name[:-2], int(name[-2])
    entry = next(iter(_THEIRS.get(name, ())), None)
    if entry is None:
        return None
    if rank == 0 and "{n}" in entry and not entry.startswith("Batch"):
        rank = 2
    # One with braces of its own has no axes to fill in.
    return entry.replace("{n}", str(rank or 1))


def of_no_layer(word: str, rank: int) -> str | None:
    """What to do in place of a layer that a spec says in another way; None for any other word."""
    name = bare(word)
    name = name[:-2] if name[-2:] in ("1d", "2d", "3d") else name
    said = sentence(_SENTENCES, name)
    return said and said.replace("{n}", str(rank or 2))


def of_number(word: str, value: object) -> str | None:
    """The entry for an operation with one number, such as `Multiply: 2`; None for any other."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    name = bare(word)
    return next(
        (ours % value for ours, theirs in _CONSTANTS.items() if name in theirs.split()), None
    )
