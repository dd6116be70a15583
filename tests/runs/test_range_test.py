"""What is read off the curve of a learning rate range test."""

from __future__ import annotations

from math import exp, log10

import pytest

from netspec.runs.range_test import Curve, Point


def test_steepest_is_where_a_curve_falls_fastest_and_lowest_where_it_is_least() -> None:
    rates = [10 ** (-5 + i / 20) for i in range(121)]
    # Falls from 2 to 0 around 1e-3, rises beyond 0.1.
    losses = [2 / (1 + exp(4 * (log10(lr) + 3))) + max(0.0, log10(lr) + 1) for lr in rates]
    curve = Curve([Point(*pair) for pair in zip(rates, losses, strict=True)])
    assert curve.steepest.lr == pytest.approx(1e-3, rel=0.13)
    assert curve.lowest.lr == pytest.approx(0.1, rel=0.13)


def test_a_loss_that_only_rises_has_its_steepest_fall_at_its_lowest() -> None:
    curve = Curve([Point(10.0**i, 1.0 + i) for i in range(30)])
    assert curve.steepest == curve.lowest == curve.points[0]
