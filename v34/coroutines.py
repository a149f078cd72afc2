"""Generator-based coroutines, as they were until 3.10, on hosts that have none.

A generator is no coroutine to a modern asyncio: `create_task()` refuses it and `start_server()` drops it in silence. A
native coroutine cannot be delegated to by `yield from` in a plain generator. So what `@coroutine` returns is an object
of its own that is both: a `collections.abc.Coroutine` to every event loop, and an iterable to every generator.
"""

from __future__ import annotations

import asyncio
import collections.abc
import functools
import inspect
import os
import sys
import traceback
import types
from asyncio.log import logger
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from asyncio_compat.v34 import host
from asyncio_compat.v34.constants import DEBUG_STACK_DEPTH

__all__ = ("CoroWrapper", "coroutine", "iscoroutine", "iscoroutinefunction")

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")
P = ParamSpec("P")

_AWAITABLE_GENERATOR = inspect.CO_ITERABLE_COROUTINE
_TAKES_ANY_NUMBER = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS


def _delegate(generator: Iterator[Any]) -> Generator[Any, Any, Any]:
    return (yield from generator)


if TYPE_CHECKING:
    _Coroutine = Coroutine
else:
    # Reading is mostly making coroutines, and one whose class has no abstract base and no slots is made in less time.
    class _Coroutine:
        __class_getitem__ = classmethod(types.GenericAlias)


class CoroWrapper(_Coroutine[Any, Any, T_co]):
    """A coroutine whose body is a generator: what a function under `@coroutine` returns.

    `yield from` it in any generator, `await` it, or hand it to any event loop.

    Args:
        gen: a generator, or the iterator that awaiting a native coroutine goes through.
        func: the function that made it; its name is shown in tracebacks and reprs.

    Source: 3.4 documentation, "Coroutines".
    """

    func: Callable[..., Any] | None = None
    # These are set when they are first asked for, as most coroutines are waited for at once and never looked at.
    __name__: str
    __qualname__: str

    def __init__(self, gen: Any, func: Callable[..., Any] | None = None) -> None:
        self.gen = gen
        self.func = func

    def __getattr__(self, name: str) -> Any:
        value: Any
        if name == "__name__":
            value = getattr(self._named(), name, type(self.gen).__name__)
        elif name == "__qualname__":
            value = getattr(self._named(), name, self.__name__)
        else:
            raise AttributeError(f"'CoroWrapper' object has no attribute {name!r}")
        setattr(self, name, value)
        return value

    def _named(self) -> Any:
        return self.gen if self.func is None else self.func

    def __repr__(self) -> str:
        return f"<CoroWrapper {self.__qualname__}() at {id(self):#x}>"

    def __iter__(self) -> Generator[Any, Any, T_co]:
        return self.gen  # type: ignore[no-any-return]

    def __await__(self) -> Generator[Any, Any, T_co]:
        generator = self.gen
        code = getattr(generator, "gi_code", None)
        if code is not None and code.co_flags & _AWAITABLE_GENERATOR:
            # __await__() may not return a generator that is itself awaitable.
            return _delegate(generator)
        return generator  # type: ignore[no-any-return]

    def send(self, value: Any) -> Any:
        """Run on to the next `yield`, which returns *value* inside."""
        # The next steps of a task go to the body at once.
        send = self.send = self.gen.send  # type: ignore[method-assign]
        return send(value)

    def throw(self, *exc_info: Any) -> Any:
        """Raise an exception where the coroutine waits: given as such, or by its type, arguments and traceback."""
        return self.gen.throw(*exc_info if len(exc_info) == 1 else (_exception(*exc_info),))

    def close(self) -> None:
        """End the coroutine where it waits."""
        self.gen.close()

    @property
    def gi_frame(self) -> types.FrameType | None:
        """The frame of the body, None once it has ended."""
        return getattr(self.gen, "gi_frame", None)

    @property
    def gi_running(self) -> bool:
        """Whether the body is being run right now."""
        return bool(getattr(self.gen, "gi_running", False))

    @property
    def gi_code(self) -> types.CodeType | None:
        """The code of the body."""
        return getattr(self.gen, "gi_code", None)

    @property
    def gi_yieldfrom(self) -> Any:
        """What the body waits for by `yield from`, or None."""
        return getattr(self.gen, "gi_yieldfrom", None)

    cr_frame, cr_running, cr_code, cr_await = gi_frame, gi_running, gi_code, gi_yieldfrom


class MethodCoroutine(CoroWrapper[T_co]):
    """A coroutine of our own, which costs less to make and to wait for.

    Args:
        gen: its body, which is not itself awaitable and has its name.
    """

    def __init__(self, gen: Generator[Any, Any, T_co]) -> None:
        self.gen = gen

    def __await__(self) -> Generator[Any, Any, T_co]:
        return self.gen  # type: ignore[no-any-return]


def _exception(kind: Any, value: Any = None, tb: Any = None) -> BaseException:
    """Return the exception that `throw()` was given in the old way, which is deprecated since 3.12."""
    if isinstance(kind, BaseException):
        exception: BaseException = kind
    elif isinstance(value, BaseException):
        exception = value
    elif value is None:
        exception = kind()
    else:
        exception = kind(*value) if isinstance(value, tuple) else kind(value)
    return exception if tb is None else exception.with_traceback(tb)


class DebugCoroWrapper(CoroWrapper[T_co]):
    """A coroutine that says so in the log when it is dropped without ever having been waited for.

    Args:
        gen: its body.
        func: the function that made it.
    """

    def __init__(self, gen: Any, func: Callable[..., Any] | None = None) -> None:
        super().__init__(gen, func)
        # Without this function and the one that `coroutine()` made.
        self._source_traceback = traceback.extract_stack(sys._getframe(2))

    def __repr__(self) -> str:
        created = self._source_traceback[-1]
        frame = self.gi_frame
        running = "" if frame is None else f" running at {frame.f_code.co_filename}:{frame.f_lineno},"
        return f"<CoroWrapper {self.__qualname__}(){running} created at {created.filename}:{created.lineno}>"

    def __del__(self) -> None:
        # It lacks its body if that could not be made.
        gen = getattr(self, "gen", None)
        if not inspect.isgenerator(gen) or inspect.getgeneratorstate(gen) != inspect.GEN_CREATED:
            return
        message = f"{self!r} was never yielded from"
        created = "".join(traceback.format_list(self._source_traceback[-DEBUG_STACK_DEPTH:]))
        message += "\nCoroutine object created at (most recent call last"
        message += f", truncated to {DEBUG_STACK_DEPTH} last lines):\n{created.rstrip()}"
        logger.error(message)


# As it was: decided when asyncio is imported, for every coroutine function that is made from then on.
_DEBUG = not sys.flags.ignore_environment and bool(os.environ.get("PYTHONASYNCIODEBUG"))


class NativeWrapper(CoroWrapper[T_co]):
    """A native coroutine that plain generators may delegate to as well."""

    def __init__(self, native: Coroutine[Any, Any, T_co]) -> None:
        super().__init__(native.__await__())
        self._coroutine = native

    def _named(self) -> Any:
        return self._coroutine

    def __await__(self) -> Generator[Any, Any, T_co]:
        return self.gen  # type: ignore[no-any-return]

    @property
    def gi_frame(self) -> types.FrameType | None:
        """The frame of the body, None once it has ended."""
        return self._coroutine.cr_frame  # type: ignore[attr-defined, no-any-return]

    @property
    def gi_running(self) -> bool:
        """Whether the body is being run right now."""
        return self._coroutine.cr_running  # type: ignore[attr-defined, no-any-return]

    @property
    def gi_code(self) -> types.CodeType | None:
        """The code of the body."""
        return self._coroutine.cr_code  # type: ignore[attr-defined, no-any-return]

    @property
    def gi_yieldfrom(self) -> Any:
        """What the body waits for, or None."""
        return self._coroutine.cr_await  # type: ignore[attr-defined]

    cr_frame, cr_running, cr_code, cr_await = gi_frame, gi_running, gi_code, gi_yieldfrom


class TaskBody(Coroutine[Any, Any, T_co]):
    """A coroutine to which its cancellation is an Exception, as it was before 3.8.

    Args:
        coro: the coroutine.
    """

    __slots__ = ("__weakref__", "coro", "send")

    def __init__(self, coro: Any) -> None:
        self.coro = coro
        # Called at each step of the task: of a coroutine of ours, that is its body's at once.
        self.send: Callable[[Any], Any] = coro.gen.send if isinstance(coro, CoroWrapper) else coro.send

    def __getattr__(self, name: str) -> Any:
        return getattr(self.coro, name)

    def __await__(self) -> Generator[Any, Any, T_co]:
        return self.coro.__await__()  # type: ignore[no-any-return]

    def throw(self, *exc_info: Any) -> Any:
        """Raise an exception where the coroutine waits."""
        exception = exc_info[0]
        if len(exc_info) > 1 or not isinstance(exception, asyncio.CancelledError):
            return self.coro.throw(*exc_info)
        try:
            return self.coro.throw(host.as_exception(exception))
        except asyncio.CancelledError as cancelled:
            # Whoever waits for the task may be of another time.
            raise host.as_base_exception(cancelled) from None

    def close(self) -> None:
        """End the coroutine where it waits."""
        self.coro.close()


def iterable(awaitable: Awaitable[T]) -> Any:
    """Return *awaitable* in a form that `yield from` takes in a plain generator too."""
    if isinstance(awaitable, types.CoroutineType):
        return NativeWrapper(awaitable)
    return awaitable


def coroutine(func: Callable[..., Any]) -> Callable[..., Any]:
    """Make a coroutine function of *func*.

    Args:
        func: a generator function; or a plain function, whose result is returned by the coroutine, after it was
            waited for if it is a future, a generator or an awaitable. A function by `async def` is returned as it is.

    Returns:
        A function that returns a coroutine, which `yield from`, `await`, tasks and event loops take.

    Source: 3.4 documentation, "Coroutines".
    """
    if inspect.iscoroutinefunction(func):
        return func
    body: Any = types.coroutine(func if inspect.isgeneratorfunction(func) else _generator_function(func))

    wrapper: type[CoroWrapper[Any]] = DebugCoroWrapper if _DEBUG else CoroWrapper

    @functools.wraps(func)
    def coro(*args: Any, **kwargs: Any) -> CoroWrapper[Any]:
        return wrapper(body(*args, **kwargs), func)

    host.mark_coroutine_function(coro)
    return coro


def _generator_function(func: Callable[..., Any]) -> Callable[..., Generator[Any, Any, Any]]:
    """Return a generator function that calls *func* and waits for what can be waited for."""

    def body(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        result = func(*args, **kwargs)
        if asyncio.isfuture(result) or inspect.isgenerator(result) or isinstance(result, CoroWrapper):
            return (yield from result)
        if isinstance(result, collections.abc.Awaitable):
            return (yield from result.__await__())
        return result
        yield  # type: ignore[unreachable]

    return body


def method_coroutine(func: Callable[P, Generator[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """`coroutine` for our own generator functions: they delegate to nothing native, so awaiting them costs no extra
    frame.
    """
    coro = _passing_on(func)
    functools.update_wrapper(coro, func)
    host.mark_coroutine_function(coro)
    return coro


def _passing_on(func: Callable[..., Generator[Any, Any, T]]) -> Callable[..., CoroWrapper[T]]:
    """Return a function that passes its arguments on to *func*, and wraps what that returns, which has its name."""
    code = func.__code__
    if code.co_kwonlyargcount or code.co_flags & _TAKES_ANY_NUMBER or code.co_argcount not in (1, 2):
        return lambda *args, **kwargs: MethodCoroutine(func(*args, **kwargs))

    # Reading is mostly calling: where arguments need not be packed and unpacked again, a call takes a fifth less.
    coro: Any
    if code.co_argcount == 1:

        def coro(first: Any) -> CoroWrapper[T]:
            return MethodCoroutine(func(first))
    else:

        def coro(first: Any, second: Any) -> CoroWrapper[T]:
            return MethodCoroutine(func(first, second))

    coro.__code__ = coro.__code__.replace(co_varnames=code.co_varnames[: code.co_argcount])
    coro.__defaults__ = func.__defaults__
    return coro  # type: ignore[no-any-return]


def iscoroutinefunction(func: Any) -> bool:
    """Tell whether *func* is a coroutine function: by `@coroutine` or by `async def`."""
    return getattr(func, "_is_coroutine", None) is host.COROUTINE_MARKER or inspect.iscoroutinefunction(func)


_COROUTINE_TYPES = (types.GeneratorType, types.CoroutineType, collections.abc.Coroutine)


def iscoroutine(obj: Any) -> bool:
    """Tell whether *obj* is a coroutine: one by `@coroutine` or `async def`, or any generator."""
    return isinstance(obj, _COROUTINE_TYPES)


def as_coroutine(obj: Any) -> Any:
    """Return *obj* in a form that every event loop takes as a coroutine: generators, which were coroutines once, are
    wrapped.
    """
    if isinstance(obj, types.GeneratorType):
        return CoroWrapper(obj)
    return obj
