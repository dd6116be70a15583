"""Variables of the environment by which processes of one run know of each other.

The names without ours are torchrun's, which sets them as well.
"""

RANK, WORLD_SIZE = "RANK", "WORLD_SIZE"
LOCAL_RANK, LOCAL_WORLD_SIZE = "LOCAL_RANK", "LOCAL_WORLD_SIZE"
"""Among the processes of one machine."""
MEETING, LAUNCHER = "NETSPEC_MEETING", "NETSPEC_LAUNCHER"
"""Where processes of --devices meet, and who started them; torchrun has ways of its own."""
