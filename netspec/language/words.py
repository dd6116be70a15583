"""What other libraries call keys, arguments and values, and what a spec writes for it.

Only read where a word is not known. `layers.words` has the same for layers.
"""

from __future__ import annotations

_ARGUMENTS = {
    "out_channels": "filters out_planes planes channels out ch num_filters features "
    "output_channels nb_filter num_output channels_out",
    "out_features": "units out features num_output output_dim hidden neurons size",
    "kernel_size": "kernel kernels pool_size size filter_size window window_size ksize k pool "
    "kernel_shape",
    "stride": "strides step s subsample",
    "padding": "pad pads p border_mode",
    "dilation": "dilation_rate dilations",
    "groups": "num_groups group channel_groups",
    "num_groups": "groups group",
    "bias": "use_bias with_bias bias_term has_bias",
    "p": "rate prob probability dropout dropout_rate drop_rate drop drop_prob keep_prob",
    "eps": "epsilon",
    "affine": "scale center learnable elementwise_affine",
    "elementwise_affine": "affine scale center",
    "negative_slope": "alpha slope leak leakiness",
    "dim": "axis axes",
    "keepdim": "keepdims keep_dims",
    "stop": "end to",
    "start": "begin from",
    "init": "init_value init_values initial gamma_init layer_scale_init_value",
    "index": "position idx",
    "output_size": "size target_size out_size",
    "size": "target_size output_size",
    "scale_factor": "scale size factor upscale",
    "mode": "interpolation method",
    "upscale_factor": "factor scale block_size",
    "downscale_factor": "factor scale block_size",
    "unflattened_size": "shape target_shape output_shape sizes",
    "normalized_shape": "shape axis",
    "lr": "learning_rate learningrate lrate step eta",
    "weight_decay": "decay wd l2 weightdecay",
    "betas": "beta beta_1 beta1",
    "alpha": "rho decay",
    "rho": "alpha decay",
    "gamma": "factor decay drop",
    "factor": "gamma",
    "step_size": "step steps period",
    "milestones": "steps epochs",
    "T_max": "epochs total_iters steps",
    "total_iters": "epochs steps warmup warmup_epochs",
    "max_lr": "lr learning_rate",
    "patience": "epochs wait",
    "degrees": "angle angles degree",
    "label_smoothing": "smoothing eps",
    "start_epoch": "start epoch",
    "epochs": "num_epochs n_epochs max_epochs nb_epoch epoch",
    "batch_size": "batch bs batchsize",
    "optimizer": "optim optimiser opt",
    "scheduler": "lr_scheduler schedule lr_schedule sched",
    "loss": "criterion loss_fn loss_function objective",
    "dataset": "name set data type",
    "val_fraction": "val_split validation_split val valid_fraction validation",
    "augment": "augmentation augmentations transforms transform",
    "task": "problem mode kind",
    "label": "target label_column target_column class_column y",
    "columns": "features feature_columns inputs x",
    "freeze": "frozen freeze_layers frozen_layers",
    "precision": "dtype amp",
    "clip_grad_norm": "grad_clip gradient_clip clip max_grad_norm clip_norm gradient_clip_val",
    "accumulate": "accumulate_grad_batches gradient_accumulation_steps accumulation",
    "metrics": "metric figures",
    "r2": "r2_score r_squared",
    "f1": "f1_score macro_f1",
    "exact_match": "subset_accuracy",
    "accuracy": "acc val_accuracy val_acc target min_accuracy",
    "early_stopping": "early_stop earlystopping",
    "input": "input_shape input_size in_shape shape input_dim inputs",
    "layers": "layer network model net architecture modules backbone",
    "vars": "variables var params parameters constants defaults",
    "blocks": "block modules functions templates",
    "args": "arguments params parameters inputs",
    "train": "training fit trainer",
    "audit": "budget budgets limits checks",
    "ignore": "disable skip",
    "max_params": "params parameters max_parameters num_params",
    "max_macs": "macs flops max_flops",
    "min_receptive_field": "receptive_field",
}
_NOT_HERE = {
    "activation act nonlinearity": "write the function as a layer of its own behind it, such as "
    "ReLU",
    "in_planes input_shape input_dim input_channels": "what comes in is inferred: remove it",
    "kernel_initializer bias_initializer initializer init weight_init": "weights start as torch's "
    "do: remove it",
    "data_format": "channels come first, as in torch: remove it",
    "device dtype": "netspec train chooses it: remove it",
}
_VALUES = {
    "zeros": "zero constant",
    "reflect": "reflection mirror symmetric",
    "replicate": "replication edge nearest",
    "circular": "wrap periodic",
    "bicubic": "cubic",
    "bilinear": "linear",
    "bfloat16": "bf16 mixed amp",
    "float32": "fp32 full single",
    "valid": "no none",
    "CosineAnnealingLR": "cosine cos cosineannealing cosine_annealing",
    "OneCycleLR": "onecycle one_cycle 1cycle",
    "LinearLR": "linear warmup",
    "PolynomialLR": "poly polynomial",
    "ReduceLROnPlateau": "plateau reduce_on_plateau",
    "CrossEntropyLoss": "ce crossentropy categorical_crossentropy softmax",
    "NLLLoss": "nll",
    "MSELoss": "mse l2 squared mean_squared_error squared_error",
    "L1Loss": "l1 mae mean_absolute_error absolute_error",
    "SmoothL1Loss": "smooth_l1 smoothl1",
    "HuberLoss": "huber",
    "BCEWithLogitsLoss": "bce bcewithlogits binary_crossentropy BCELoss sigmoid",
    "multi_label": "multilabel multi-label",
    "regression": "regress regressor",
    "classification": "classify classifier",
    "RandomHorizontalFlip": "flip hflip horizontal_flip",
    "RandomVerticalFlip": "vflip vertical_flip",
    "RandomCrop": "crop",
    "RandomErasing": "cutout erase erasing",
}


def flat(table: dict[str, str]) -> dict[str, list[str]]:
    """A table of ours and the words for each, the other way round."""
    turned: dict[str, list[str]] = {}
    for ours, theirs in table.items():
        for word in theirs.split():
            turned.setdefault(word, []).append(ours)
    return turned


def sentence(table: dict[str, str], word: str) -> str | None:
    """What a table of words and sentences says to a word."""
    return next((said for words, said in table.items() if word in words.split()), None)


_THEIRS, _MEANINGS = flat(_ARGUMENTS), flat(_VALUES)


def bare(word: str) -> str:
    """A word without case, joints and the module it is in: LeakyReLU for nn.leaky_relu."""
    return word.rpartition(".")[2].replace("_", "").replace("-", "").replace(" ", "").lower()


def argument(word: str, known: list[str]) -> str | None:
    """The one of the names known at a place that a word stands for; None for none."""
    name = word.strip().lower().replace("-", "_").replace(" ", "_")
    ours = [one for one in known if one.lower() == name]
    ours += [one for one in _THEIRS.get(name, ()) if one in known]
    return next(iter(ours), None)


def of_no_argument(word: str) -> str | None:
    """What to do in place of an argument that no layer has; None for any other word."""
    return sentence(_NOT_HERE, word.lower())


def values(word: str) -> list[str]:
    """What a word means among the names that an argument can take."""
    return _MEANINGS.get(word.lower(), [])
