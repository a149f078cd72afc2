"""Modules of the standard library as redirected modules see them: the host's, but for what imports."""

from __future__ import annotations

import builtins
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("Builtins", "View")


class View(ModuleType):
    """Stands for a module of the host, some names of which are others here.

    What is set here is set for everybody, as it would be in the module that this one stands for.

    Args:
        module: the module.
        own: what is different, by name.
    """

    __slots__ = ("_module", "_own")

    def __init__(self, module: ModuleType, own: dict[str, Callable[..., Any]]) -> None:
        super().__init__(module.__name__, module.__doc__)
        super().__setattr__("_module", module)
        super().__setattr__("_own", own)
        self.refresh()

    def refresh(self) -> None:
        """Take over what has been put into the host's module meanwhile."""
        self.__dict__.update({**vars(self._module), **self._own})

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._own:
            setattr(self._module, name, value)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        if name not in self._own:
            delattr(self._module, name)
        super().__delattr__(name)


class Builtins(View):
    """The builtins of redirected modules. Their names are looked up in its dictionary, where nothing can be asked for.

    Args:
        own: what is different, by name.
    """

    __slots__ = ()

    def __init__(self, own: dict[str, Callable[..., Any]]) -> None:
        super().__init__(builtins, own)
