from tests.timelines.fixtures import address, cluster, dialect, world

__all__ = ["address", "cluster", "dialect", "world"]
