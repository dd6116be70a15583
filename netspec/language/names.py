"""What a submodule and a network can be called."""

import os
import re

from netspec.diagnostic import Fault

RESERVED = frozenset(
    """
    T_destination add_module append apply bfloat16 buffers call_super_init children compile cpu
    cuda double dump_patches eval extend extra_repr float forward get_buffer get_extra_state
    get_parameter get_submodule half insert ipu load_state_dict modules mtia named_buffers
    named_children named_modules named_parameters parameters pop register_backward_hook
    register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state
    set_submodule share_memory state_dict to to_empty train training type xpu zero_grad
    """.split()
)
"""Attributes of nn.Sequential, none of which a submodule can be called."""


MAX_NAME = 100


def check(name: str, taken: set[str]) -> None:
    """Refuse a name that torch or another submodule has, or that is none; else it is taken."""
    at = ("name",)
    if len(name) > MAX_NAME:
        raise Fault("bad-name", f"a name is at most {MAX_NAME} characters long", at=at)
    if not name.isidentifier() or name.startswith("_"):
        help = "letters, digits and _ only, a letter first"
        raise Fault("bad-name", f"'{name}' is no name of a submodule", help, at)
    if name in RESERVED:
        message = f"a submodule cannot be called '{name}', which torch uses itself"
        raise Fault("bad-name", message, f"{name}_ would do", at)
    if name in taken:
        help = "names are unique within a module; a block with a name is a module of its own"
        raise Fault("duplicate-name", f"another layer here is called '{name}'", help, at)
    taken.add(name)


_UNSAFE = re.compile(r"[^\w .-]")


def stem(path: str) -> str:
    """What a network is called by its file: the stem, with - for what no name should have."""
    name = _UNSAFE.sub("-", os.path.splitext(os.path.basename(path))[0])
    return name.lstrip(" .-")[:MAX_NAME].rstrip() or "network"
