"""The sans-I/O buffer: the same bytes at once and in any split give the same results."""

from __future__ import annotations

import sys
from asyncio import IncompleteReadError, LimitOverrunError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncio_compat.v34 import buffer as buffer_module
from asyncio_compat.v34.buffer import Buffer

NO_LIMIT = 2**40


@pytest.fixture(scope="module", params=[{}, {"_FAR": 3}], ids=["as it is", "few are many"], autouse=True)
def thresholds(request):
    """What is many bytes goes other ways than what is few."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in request.param.items():
            patch.setattr(buffer_module, name, value)
        yield


# Few different bytes, so that separators are met, overlap and are cut.
data = st.binary(max_size=60).map(lambda raw: bytes(b"ab\r\n"[byte % 4] for byte in raw))
separator = st.sampled_from([b"\n", b"\r\n", b"aba", b"bb", b"abab", b"\r\n\r\n"])
separators = st.lists(separator, min_size=1, max_size=4, unique=True).map(lambda found: tuple(sorted(found, key=len)))
limit = st.integers(min_value=1, max_value=20)
kinds = st.sampled_from([bytes, bytearray, memoryview])


@st.composite
def splits(draw, content=data):
    """Some bytes, and the same bytes cut into chunks."""
    whole = draw(content)
    cuts = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    chunks = [whole[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    return whole, [draw(kinds)(chunk) for chunk in chunks]


def buffer_of(*chunks, exposed=False):
    buffer = Buffer()
    if exposed:
        buffer.expose()
    for chunk in chunks:
        buffer.feed(chunk)
    return buffer


def outcome(function, *arguments):
    """What a call gives, be it an exception, in a form that can be compared."""
    try:
        return function(*arguments)
    except (IncompleteReadError, LimitOverrunError, ValueError) as error:
        return type(error), error.args, vars(error)


def first_end(whole, wanted):
    """The naive answer: where the first of *wanted* to end begins, and where it ends."""
    for end in range(len(whole) + 1):
        for one in sorted(wanted, key=len):
            if whole[:end].endswith(one):
                return end - len(one), end
    return None


def taken_all(buffer, take):
    """All results of *take* until the buffer is empty or fails."""
    results = []
    while True:
        result = outcome(take, buffer)
        results.append(result)
        if not isinstance(result, bytes) or not result:
            return results


QUESTIONS = {
    "take": lambda buffer: buffer.take(3),
    "take_exactly": lambda buffer: buffer.take_exactly(4, True),
    "take_line": lambda buffer: buffer.take_line(NO_LIMIT, True),
    "take_line within a limit": lambda buffer: buffer.take_line(5, True),
    "take_until": lambda buffer: buffer.take_until(b"\r\n", NO_LIMIT, True),
    "take_until within a limit": lambda buffer: buffer.take_until(b"aba", 5, True),
    "take_until_any": lambda buffer: buffer.take_until_any((b"\n", b"\r\n", b"abab"), NO_LIMIT, True),
    "take_until_any within a limit": lambda buffer: buffer.take_until_any((b"bb", b"aba"), 5, True),
}


@pytest.mark.parametrize("question", QUESTIONS)
@given(split=splits(), exposed=st.booleans())
def test_bytes_fed_at_once_and_in_any_split_give_the_same_results(question, split, exposed):
    whole, chunks = split
    take = QUESTIONS[question]

    assert taken_all(buffer_of(*chunks, exposed=exposed), take) == taken_all(buffer_of(whole), take)


WAITS = {
    "take_exactly": lambda buffer, eof: buffer.take_exactly(4, eof),
    "take_line": lambda buffer, eof: buffer.take_line(NO_LIMIT, eof),
    "take_until": lambda buffer, eof: buffer.take_until(b"\r\n", NO_LIMIT, eof),
    "take_until_any": lambda buffer, eof: buffer.take_until_any((b"\n", b"\r\n", b"abab"), NO_LIMIT, eof),
}


@pytest.mark.parametrize("question", WAITS)
@given(split=splits())
def test_asking_after_every_chunk_gives_the_same_first_result_as_asking_once(question, split):
    whole, chunks = split
    take = WAITS[question]
    asked_often = Buffer()
    first = None
    for chunk in chunks:
        asked_often.feed(chunk)
        if first is None:
            first = outcome(take, asked_often, False)
    if first is None:
        first = outcome(take, asked_often, True)

    once = buffer_of(whole)
    assert first == outcome(take, once, True)
    assert asked_often.take(100) == once.take(100)


@given(split=splits(), wanted=separator)
def test_take_until_finds_the_first_separator(split, wanted):
    whole, chunks = split
    buffer = buffer_of(*chunks)

    found = first_end(whole, [wanted])
    if found is None:
        assert buffer.take_until(wanted, NO_LIMIT, False) is None
        assert len(buffer) == len(whole)
    else:
        assert buffer.take_until(wanted, NO_LIMIT, False) == whole[: found[1]]
        assert buffer.take(100) == whole[found[1] :]


@given(split=splits(), wanted=separators)
def test_take_until_any_returns_the_shortest_result(split, wanted):
    whole, chunks = split

    found = first_end(whole, wanted)
    expected = None if found is None else whole[: found[1]]
    assert buffer_of(*chunks).take_until_any(wanted, NO_LIMIT, False) == expected


@given(whole=data, wanted=separators, limit=limit)
def test_over_the_limit_nothing_is_taken(whole, wanted, limit):
    buffer = buffer_of(whole)

    found = first_end(whole, wanted)
    result = outcome(buffer.take_until_any, wanted, limit, False)
    if found is not None and found[0] > limit:
        assert result == (
            LimitOverrunError,
            ("Separator is found, but chunk is longer than limit",),
            {"consumed": found[0]},
        )
    elif found is None and len(whole) + 1 - len(wanted[-1]) > limit:
        assert result[1] == ("Separator is not found, and chunk exceed the limit",)
        assert result[2] == {"consumed": len(whole) + 1 - len(wanted[-1])}
    else:
        assert not isinstance(result, tuple)
        return
    assert buffer.take(100) == whole


@given(whole=data, count=st.integers(0, 80))
def test_take_exactly_at_eof_empties_the_buffer_into_the_error(whole, count):
    buffer = buffer_of(whole)

    if count <= len(whole):
        assert buffer.take_exactly(count, True) == whole[:count]
    else:
        with pytest.raises(IncompleteReadError) as caught:
            buffer.take_exactly(count, True)
        assert (caught.value.partial, caught.value.expected) == (whole, count)
        assert len(buffer) == 0


@given(steps=st.lists(st.one_of(data, st.integers(0, 20), st.just("expose")), max_size=20))
def test_what_is_taken_is_what_was_fed_in_order(steps):
    buffer = Buffer()
    expected = b""
    for step in steps:
        if step == "expose":
            assert buffer.expose() == expected
        elif isinstance(step, bytes):
            buffer.feed(step)
            expected += step
        else:
            assert buffer.take(step) == expected[:step]
            expected = expected[step:]
        assert len(buffer) == len(expected)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("feed"), data),
        st.tuples(st.just("take"), st.integers(0, 20)),
        st.tuples(st.just("take_until"), separator | separator.map(bytearray)),
        st.tuples(st.just("take_until_any"), separators),
        st.tuples(st.just("take_line"), st.none()),
    ),
    max_size=30,
)


@given(steps=steps)
def test_questions_in_any_order_are_answered_as_by_a_search_through_all_that_is_unread(steps):
    buffer, unread = Buffer(), b""

    for question, value in steps:
        if question == "feed":
            buffer.feed(value)
            unread += value
            continue
        if question == "take":
            taken, end = buffer.take(value), min(value, len(unread))
        else:
            arguments = () if value is None else (value,)
            taken = getattr(buffer, question)(*arguments, NO_LIMIT, False) or b""
            wanted = {"take_until": (value,), "take_until_any": value, "take_line": (b"\n",)}[question]
            _, end = first_end(unread, tuple(map(bytes, wanted))) or (0, 0)
        assert taken == unread[:end]
        unread = unread[end:]
    assert buffer.take(len(buffer)) == unread


def test_a_chunk_that_is_asked_for_whole_is_not_copied():
    chunk = b"x" * 1000

    assert buffer_of(chunk).take(1000) is chunk


def test_a_changed_bytearray_does_not_change_what_was_fed():
    source = bytearray(b"before")
    buffer = buffer_of(source)
    source[:] = b"after!"

    assert buffer.take(6) == b"before"


def test_the_exposed_bytearray_stays_the_same_object():
    buffer = buffer_of(b"one\ntwo\n")
    exposed = buffer.expose()

    buffer.take_line(NO_LIMIT, False)
    buffer.feed(b"three")

    assert exposed == b"two\nthree"
    assert buffer.expose() is exposed


def test_changes_to_the_exposed_bytearray_count():
    buffer = buffer_of(b"no line here")
    assert buffer.take_line(NO_LIMIT, False) is None
    exposed = buffer.expose()
    exposed[2:3] = b"\n"

    assert buffer.take_line(NO_LIMIT, False) == b"no\n"


def test_an_exposed_buffer_is_emptied_in_place():
    buffer = buffer_of(b"unread")
    exposed = buffer.expose()

    buffer.clear()

    assert exposed == b""
    assert buffer.expose() is exposed


def test_replacing_the_buffer_makes_the_given_bytearray_the_buffer():
    buffer = buffer_of(b"old")
    mine = bytearray(b"new")

    buffer.replace(mine)
    buffer.feed(b"er")

    assert mine == b"newer"
    assert buffer.take(10) == b"newer"


def test_a_line_over_the_limit_is_removed_alone():
    buffer = buffer_of(b"too long\nok\n")

    with pytest.raises(ValueError, match=r"^Separator is found, but chunk is longer than limit$"):
        buffer.take_line(3, False)
    assert buffer.take_line(3, False) == b"ok\n"


def test_the_beginning_of_a_line_over_the_limit_is_removed():
    buffer = buffer_of(b"too long")

    with pytest.raises(ValueError, match=r"^Separator is not found, and chunk exceed the limit$"):
        buffer.take_line(3, False)
    assert len(buffer) == 0


def test_a_separator_that_never_occurs_is_not_searched_through_the_whole_backlog():
    line = b"x" * 50 + b"\n"
    buffer = buffer_of(line * 20_000)
    searched = []

    class Spy(bytes):
        def find(self, wanted, begin, end):
            searched.append(end - begin)
            return super().find(wanted, begin, end)

    buffer._data = Spy(buffer._data)
    buffer.take_until_any((b"\n", b"\0", b"never"), NO_LIMIT, False)

    assert sum(searched) < 20_000


def test_waiting_for_a_separator_searches_each_byte_once():
    buffer = Buffer()
    for _ in range(5):
        buffer.feed(b"x" * 1000)
        assert buffer.take_until(b"\r\n", NO_LIMIT, False) is None
        assert buffer._searched - buffer._start == len(buffer) - 1


@pytest.mark.parametrize("wanted", ["\n", 10, None])
def test_a_separator_of_the_wrong_type_loses_nothing(wanted):
    buffer = buffer_of(b"kept\n")

    with pytest.raises(TypeError):
        buffer.take_until(wanted, NO_LIMIT, False)
    assert buffer.take(100) == b"kept\n"


@pytest.mark.parametrize(
    "take",
    [
        lambda buffer: buffer.take_line(NO_LIMIT, False),
        lambda buffer: buffer.take_until(b"\r\n", NO_LIMIT, False),
        lambda buffer: buffer.take_until_any((b"\r\n",), NO_LIMIT, False),
        lambda buffer: buffer.take_exactly(4, False),
    ],
)
def test_who_waits_with_nothing_unread_keeps_no_chunk(take):
    chunk = bytes(bytearray(b"ab\r\ncd\r\n"))
    references = sys.getrefcount(chunk)
    buffer = buffer_of(chunk)

    assert [take(buffer), take(buffer), take(buffer)] == [b"ab\r\n", b"cd\r\n", None]

    assert sys.getrefcount(chunk) == references


def test_a_line_is_found_after_the_part_of_it_that_was_searched():
    buffer = buffer_of(b"one\ntw")

    assert buffer.take_line(NO_LIMIT, False) == b"one\n"
    assert buffer.take_line(NO_LIMIT, False) is None
    buffer.feed(b"o\nthree\n")
    assert buffer.take_line(NO_LIMIT, False) == b"two\n"
    assert buffer.take_line(NO_LIMIT, False) == b"three\n"


def test_a_separator_that_is_changed_while_it_is_waited_for_is_searched_anew():
    wanted = bytearray(b"xy")
    buffer = buffer_of(b"one, two")

    assert buffer.take_until(wanted, NO_LIMIT, False) is None
    wanted[:] = b", "

    assert buffer.take_until(wanted, NO_LIMIT, False) == b"one, "


def test_long_messages_are_found_by_the_first_byte_of_their_separator_too():
    long = b"x\r" * 300 + b"\r\n"
    buffer = buffer_of(long * 3, b"short\r\n")

    assert [buffer.take_until(b"\r\n", NO_LIMIT, False) for _ in range(5)] == [long, long, long, b"short\r\n", None]


def test_a_search_that_another_reading_left_behind_is_forgotten():
    buffer = buffer_of(b"one two")

    assert buffer.take_line(NO_LIMIT, False) is None
    assert buffer.take_exactly(3, False) == b"one"
    buffer.feed(b"\n")

    assert buffer.take_until(b" ", NO_LIMIT, False) == b" "
    assert buffer.take_line(NO_LIMIT, False) == b"two\n"
