"""The engines that can translate: each module holds one class that keeps the promise of `engine.Engine`."""
