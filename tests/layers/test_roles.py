"""Roles: every layer says what it is for, and torch agrees."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from plans import COMPOSITES, LEAVES, SHAPES, compiled, documented, example, kinds, leaves, model_of
from torch import nn

from netspec.compiler.plan import Plan
from netspec.flow.flow import Flow
from netspec.layers import roles
from netspec.layers.base import Elementwise, Stateless
from netspec.layers.normalization import BatchNorm
from netspec.layers.roles import Role
from netspec.layers.saved import NOTHING, Saved
from netspec.network.build import module


class Bend(Elementwise, kinds=("Bend",), role=roles.Activation()):
    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING


# Saying it


@kinds
def test_every_kind_has_a_role_of_its_own_class(kind: str) -> None:
    assert isinstance(model_of(kind).role, Role)
    assert type(model_of(kind).role) is not Role
    assert {*model_of(kind).role.arguments} <= {*model_of(kind).model_fields}


@pytest.mark.parametrize("kind", COMPOSITES)
def test_composites_are_groups_or_joins_and_leaves_are_neither(kind: str) -> None:
    assert isinstance(model_of(kind).role, roles.Group | roles.Join | roles.Wiring)


@leaves
def test_no_leaf_is_a_group_or_a_join(kind: str) -> None:
    assert not isinstance(model_of(kind).role, roles.Group | roles.Join | roles.Wiring)


def test_a_class_without_its_role_is_refused_though_its_parent_has_one() -> None:
    with pytest.raises(TypeError, match="layer Silent does not say role"):

        class Silent(BatchNorm, kinds=("Silent2d",)):
            pass


def test_a_class_says_all_that_it_leaves_out() -> None:
    with pytest.raises(TypeError, match="layer Silent does not say flow, saves, role"):

        class Silent(Stateless, kinds=("Silent2d",)):
            pass


def test_a_role_that_speaks_of_an_argument_that_is_not_there_is_refused() -> None:
    with pytest.raises(TypeError, match="layer Wide has no argument out_channels"):

        class Wide(Bend, kinds=("Wide",), role=roles.Map("out_channels", axis=0)):
            pass


@pytest.mark.parametrize("role", [roles.Map, roles.Norm, roles.Softmax, roles.Pool, roles.Dropout,
                                  roles.Join])  # fmt: skip
def test_a_role_without_its_facts_is_refused(role: type[Role]) -> None:
    with pytest.raises(TypeError, match="missing"):
        role()


# What is said holds for torch


def made(kind: str) -> tuple[Plan, nn.Module]:
    """A layer as its documentation has it, and torch's module of it."""
    torch.manual_seed(0)
    # An example with a number for each axis does not fit the kinds of other axes.
    ways = [documented(kind), *example(kind)]
    plans = (compiled(shape, [entry]) for entry in ways for shape in SHAPES)
    plan = next(plan for plan in plans if isinstance(plan, Plan))
    return plan, module(plan.root).double().eval()


def with_role(role: type[Role]) -> list[tuple[str, Any]]:
    return [(kind, model_of(kind).role) for kind in LEAVES if isinstance(model_of(kind).role, role)]


@leaves
def test_what_is_called_linear_is_linear_in_torch(kind: str) -> None:
    plan, f = made(kind)
    x, y = 5 * torch.randn(2, 1, *plan.input, dtype=torch.float64)
    zero = f(torch.zeros_like(x))
    linear = torch.allclose(f(x + y) - zero, f(x) - zero + f(y) - zero)
    assert linear == model_of(kind).role.linear


@pytest.mark.parametrize(("kind", "role"), with_role(roles.Map))
def test_a_map_is_as_wide_as_the_argument_says(kind: str, role: roles.Map) -> None:
    plan, f = made(kind)
    y = f(torch.rand(1, *plan.input, dtype=torch.float64))[0]
    assert y.shape[role.axis] == getattr(plan.leaves[0].layer, role.width)


@pytest.mark.parametrize(("kind", "role"), with_role(roles.Norm))
def test_a_norm_scales_and_centres_as_it_says(kind: str, role: roles.Norm) -> None:
    plan, f = made(kind)
    x = 7 * torch.randn(8, *plan.input, dtype=torch.float64)
    channels = torch.arange(1.0, 1 + plan.input[0]).view(-1, *[1] * (len(plan.input) - 1))
    y = f.train()(x)
    assert torch.allclose(f(100 * x), y, atol=1e-4) == role.standardises
    assert torch.allclose(f(x + 3), y, atol=1e-4) == role.centres
    assert torch.allclose(f(x + channels), y, atol=1e-4) == role.cancels_bias
    alone = torch.cat([f(one) for one in x.split(2)])
    assert torch.allclose(alone, y) == (role.over != "batch")


@pytest.mark.parametrize(("kind", "role"), with_role(roles.Softmax))
def test_a_softmax_gives_shares_or_their_logarithms(kind: str, role: roles.Softmax) -> None:
    plan, f = made(kind)
    y = f(torch.randn(2, *plan.input, dtype=torch.float64))
    shares = y.exp() if role.log else y
    torch.testing.assert_close(shares.sum(1), torch.ones_like(shares.sum(1)))


@pytest.mark.parametrize(("kind", "role"), with_role(roles.Pool))
def test_a_pool_takes_what_it_says(kind: str, role: roles.Pool) -> None:
    plan, f = made(kind)
    x = torch.rand(1, *plan.input, dtype=torch.float64)
    assert bool(torch.isin(f(x), x).all()) == (role.takes == "max")


@pytest.mark.parametrize(("kind", "role"), with_role(roles.Dropout))
def test_a_dropout_zeroes_what_it_says(kind: str, role: roles.Dropout) -> None:
    plan, f = made(kind)
    x = torch.ones(64, *plan.input, dtype=torch.float64)
    y = f.train()(x).flatten(2) if len(plan.input) > 1 else f.train()(x)[:, :, None]
    one = {
        "samples": (y == y[:, :1, :1]).all(),
        "channels": (y == y[:, :, :1]).all() and (y != y[:, :1]).any(),
        "elements": (y != y[:, :, :1]).any(),
    }
    assert [name for name, holds in one.items() if holds] == [role.zeroes]
