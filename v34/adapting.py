"""Methods of legacy subclasses, which the host calls with arguments that were not there when they were written."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

__all__ = ("adapt", "callback_at", "without_message")

Method = Callable[..., Any]


def adapt(cls: type[Any], adapters: dict[str, Callable[[Method], Method]]) -> None:
    """Replace the methods of *cls* that are written in Python by what the adapters of their names make of them."""
    for name, adapter in adapters.items():
        method = getattr(cls, name)
        if inspect.isfunction(method):
            adapted = adapter(method)
            if adapted is not method:
                setattr(cls, name, adapted)


def _takes(method: Method, parameter: str) -> bool:
    parameters = inspect.signature(method).parameters.values()
    return any(one.name == parameter or one.kind is one.VAR_KEYWORD for one in parameters)


def without_message(cancel: Method) -> Method:
    """Return *cancel*, a future's, with the parameter `msg` of 3.9, which it does not learn of."""
    if _takes(cancel, "msg"):
        return cancel

    @functools.wraps(cancel)
    def adapted(self: Any, msg: Any = None) -> Any:  # noqa: ARG001
        return cancel(self)

    return adapted


def callback_at(position: int) -> Callable[[Method], Method]:
    """Return an adapter for methods whose argument at *position*, after `self`, is a callback.

    They get the parameter `context` of 3.7: it is the callback that runs in it.
    """

    def adapter(method: Method) -> Method:
        if _takes(method, "context"):
            return method

        @functools.wraps(method)
        def adapted(self: Any, *args: Any, context: Any = None, **kwds: Any) -> Any:
            if context is not None and len(args) > position:
                callback = functools.partial(context.run, args[position])
                args = (*args[:position], callback, *args[position + 1 :])
            return method(self, *args, **kwds)

        return adapted

    return adapter
