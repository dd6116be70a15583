from __future__ import annotations

import pytest

from netspec.runner.machine import gpus


@pytest.mark.parametrize(
    ("device", "count", "said", "processes", "groups"),
    [
        ("auto", 4, None, 1, ["0", "1", "2", "3"]),
        ("cuda", 4, None, 2, ["0,1", "2,3"]),
        ("auto", 5, None, 2, ["0,1", "2,3"]),
        ("auto", 4, "5,7", 1, ["5", "7"]),
        ("auto", 4, "5,7", 2, []),
        ("auto", 1, None, 1, []),
        ("auto", 0, None, 1, []),
        ("auto", 4, "", 1, []),
        ("cuda:1", 4, None, 1, []),
        ("cpu", 4, None, 1, []),
    ],
)
def test_gpus_are_shared_out_where_there_is_more_than_one_share(
    monkeypatch: pytest.MonkeyPatch,
    device: str, count: int, said: str | None, processes: int, groups: list[str],
) -> None:  # fmt: skip
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if said is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", said)
    monkeypatch.setattr(gpus, "count", lambda: 0 if said == "" else count)
    assert gpus.gpus(device, processes) == groups
