"""Modules from before 3.7, in which `async` and `await` are names, compiled as they were then.

A name cannot be changed in the source without moving what stands behind it, and cannot be left there. So it is replaced
by one of the same length that occurs nowhere in the file, which the compiler takes; and in the syntax tree, where any
text can be a name, it gets its own name back. Lines and columns stay as they are, and so does the file that tracebacks
and debuggers show. 3.5 and 3.6 knew the two as keywords too, in the body of an `async def`, and there they stay so.

What is compiled here goes to no cache: byte code in `__pycache__` is that of the interpreter.
"""

from __future__ import annotations

import ast
import io
import itertools
import re
import string
import tokenize
from token import DEDENT, INDENT, NAME, NEWLINE, STRING
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

__all__ = ("compile_old", "fails_for_old_names")

_OLD_NAMES = ("async", "await")
# After a backslash it is the end of an escape sequence.
_IN_STRING = re.compile(r"(?<![\\\w])(?:async|await)(?!\w)")
_BETWEEN_STATEMENTS = (NEWLINE, tokenize.NL, tokenize.COMMENT, INDENT, DEDENT)


def fails_for_old_names(source: str) -> bool:
    """Tell whether *source*, which the interpreter does not compile, uses `async` or `await` as a name."""
    return bool(_names(source))


def compile_old(source: str, filename: str) -> CodeType:
    """Compile a module in which `async` and `await` may be names, as Python 3.6 did.

    Args:
        source: its text.
        filename: what tracebacks name as its file.

    Raises:
        SyntaxError: it could not be compiled then, either; the error shows the text as it is.
    """
    lines = source.split("\n")
    substitutes = _substitutes(source)
    for row, column, name in _names(source):
        line = lines[row]
        lines[row] = line[:column] + substitutes[name] + line[column + len(name) :]
    originals = {substitute: name for name, substitute in substitutes.items()}
    try:
        tree = ast.parse("\n".join(lines), filename)
        _give_back(tree, originals)
        return compile(tree, filename, "exec", dont_inherit=True)
    except SyntaxError as error:
        _restore(error, source, originals)
        raise


def _names(source: str) -> list[tuple[int, int, str]]:
    """Return where *source* uses `async` or `await` as a name: index of the line, column, name."""
    found = []
    try:
        for token in _outside_of_async_def(list(tokenize.generate_tokens(io.StringIO(source).readline))):
            row, column = token.start[0] - 1, token.start[1]
            if token.type == NAME:
                found.append((row, column, token.string))
            else:
                found += _in_f_string(token.string, row, column)
    except (tokenize.TokenError, SyntaxError):
        # What is wrong with it is something else, or more; the interpreter says that best.
        return []
    return found


def _outside_of_async_def(tokens: list[tokenize.TokenInfo]) -> Iterator[tokenize.TokenInfo]:
    """Yield the names `async` and `await` that are not in an `async def`, and the strings that may hold some."""
    depth = 0
    body: int | None = None  # how deep the statement is indented in whose body the two are keywords
    ended = False  # whether the line with its "def" has ended
    for token, following in itertools.zip_longest(tokens, tokens[1:]):
        if body is not None and ended and depth <= body and token.type not in _BETWEEN_STATEMENTS:
            body = None
        if token.type == INDENT:
            depth += 1
        elif token.type == DEDENT:
            depth -= 1
        elif token.type == NEWLINE:
            ended = True
        elif body is None and token.type == NAME and token.string in _OLD_NAMES:
            if token.string == "async" and following is not None and following.string == "def":
                body, ended = depth, False
            else:
                yield token
        elif body is None and token.type == STRING:
            yield token


def _in_f_string(text: str, row: int, column: int) -> Iterator[tuple[int, int, str]]:
    """Yield the two names in an f-string, which is one token before Python 3.12.

    Those that are in its text are found too. That does no harm: they get back what they were.
    """
    prefix = text[: text.find(text[-1])]
    if "f" not in prefix.lower():
        return
    for match in _IN_STRING.finditer(text):
        before = text[: match.start()]
        line = before.count("\n")
        yield row + line, (len(before) - before.rfind("\n") - 1) + (0 if line else column), match[0]


def _substitutes(source: str) -> dict[str, str]:
    """Return, for each of the two, a name of its length that does not occur in *source*."""
    letters = string.ascii_lowercase
    names = ("".join(("_", *rest)) for rest in itertools.product("zqxj" + letters, letters, letters, letters))
    unused = (name for name in names if name not in source)
    return {name: next(unused) for name in _OLD_NAMES}


def _give_back(tree: ast.AST, originals: dict[str, str]) -> None:
    pattern = re.compile("|".join(originals))

    def original(text: str) -> str:
        return pattern.sub(lambda match: originals[match[0]], text)

    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    part.value = original(part.value)
        for field, value in () if isinstance(node, ast.Constant) else ast.iter_fields(node):
            if isinstance(value, str):
                setattr(node, field, original(value))
            elif isinstance(value, list) and value and isinstance(value[0], str):
                setattr(node, field, [original(one) for one in value])


def _restore(error: SyntaxError, source: str, originals: dict[str, str]) -> None:
    """Make *error* speak of the source as it is."""
    lines = source.split("\n")
    for substitute, name in originals.items():
        error.msg = error.msg.replace(substitute, name)
    if error.lineno is not None and 0 < error.lineno <= len(lines):
        error.text = lines[error.lineno - 1] + "\n"
    if len(error.args) == 2:
        file, line, offset, _, *end = error.args[1]
        error.args = (error.msg, (file, line, offset, error.text, *end))
