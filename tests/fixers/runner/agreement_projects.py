"""Five small projects with a slip each, in which tests and code do what makes evaluators differ."""

from __future__ import annotations

MONEY = '''"""Accounts with module state, caches and class attributes."""
import functools
import itertools
import os

RATES = {"EUR": 100, "USD": 110}
JOURNAL = []
_numbers = itertools.count(1)
LIMIT = int(os.environ.get("MONEY_LIMIT", "500"))


class Overdrawn(Exception):
    def __init__(self, missing):
        super().__init__(missing)
        self.missing = missing


@functools.lru_cache(maxsize=None)
def rate(currency):
    return RATES[currency]


def convert(amount, source, target):
    if source == target:
        return amount
    return amount * rate(target) // rate(source)


def note(text, journal=JOURNAL):
    journal.append((next(_numbers), text))
    return len(journal)


class Account:
    opened = 0
    fees = {"transfer": 1}

    def __init__(self, balance=0, currency="EUR"):
        Account.opened += 1
        self.balance = balance
        self.currency = currency
        self.history = []

    def withdraw(self, amount):
        if amount > self.balance:
            raise Overdrawn(amount - self.balance)
        self.balance -= amount
        self.history.append(-amount)
        return self.balance

    def deposit(self, amount):
        if amount > LIMIT:
            amount = LIMIT
        self.balance += amount
        self.history.append(amount)
        return self.balance

    def transfer(self, other, amount):
        fee = self.fees["transfer"]
        self.withdraw(amount)
        other.deposit(convert(amount, self.currency, other.currency))
        note("transfer %d" % amount)
        return fee


def total(accounts, currency="EUR"):
    result = 0
    for account in accounts:
        result += convert(account.balance, account.currency, currency)
    return result
'''
MONEY_TESTS = """import logging

import pytest

import money
from money import Account, Overdrawn, convert, total


@pytest.fixture(scope="session")
def rates():
    return dict(money.RATES)


@pytest.fixture(scope="module")
def bank():
    return [Account(100), Account(220, "USD")]


@pytest.fixture
def pair():
    first, second = Account(50), Account(0)
    yield first, second
    assert first.history is not second.history


@pytest.fixture(autouse=True)
def clean_journal():
    before = list(money.JOURNAL)
    yield
    money.JOURNAL[:] = before


@pytest.mark.parametrize(("source", "target", "result"), [("EUR", "USD", 110), ("USD", "EUR", 90), ("EUR", "EUR", 100)])
def test_convert(rates, source, target, result):
    assert rates == money.RATES
    assert convert(100, source, target) == result


def test_transfer_takes_a_fee(pair):
    first, second = pair
    assert first.transfer(second, 10) == 1
    assert (first.balance, second.balance) == (39, 10)


def test_transfer_is_noted(pair):
    pair[0].transfer(pair[1], 5)
    assert money.JOURNAL[-1][1] == "transfer 5"


def test_overdrawn(pair):
    with pytest.raises(Overdrawn) as caught:
        pair[1].withdraw(3)
    assert caught.value.missing == 3


def test_limit(monkeypatch):
    monkeypatch.setattr(money, "LIMIT", 7)
    assert Account().deposit(10) == 7


def test_total(bank):
    assert total(bank) == 300
    bank.append(Account(1))


def test_total_again(bank):
    assert len(bank) == 3


@pytest.mark.parametrize("case", [[4, "EUR"], [5, "EUR"]])
def test_of_a_list_that_it_changes(case):
    amount, currency = case
    case[0] *= -1
    assert Account(amount, currency).withdraw(2) == amount - 2


def test_opened():
    before = Account.opened
    Account()
    assert Account.opened == before + 1


def test_log_and_output(caplog, capsys, tmp_path):
    with caplog.at_level(logging.INFO):
        logging.getLogger("money").info("balance %s", Account(3).balance)
    print(total([Account(2)]))
    (tmp_path / "out").write_text("3")
    assert caplog.messages == ["balance 3"]
    assert capsys.readouterr().out == "2\\n"
"""

STORE = '''"""A store with a queue, under unittest."""
import collections


class Item:
    def __init__(self, name, price, count=1):
        self.name, self.price, self.count = name, price, count

    def __eq__(self, other):
        return isinstance(other, Item) and (self.name, self.price, self.count) == (other.name, other.price, other.count)

    def __repr__(self):
        return "Item(%r, %r, %r)" % (self.name, self.price, self.count)


class Queue:
    def __init__(self, size=3):
        self.size = size
        self.items = collections.deque()

    def push(self, item):
        if len(self.items) > self.size:
            self.items.popleft()
        self.items.append(item)

    def pop(self):
        if not self.items:
            raise LookupError("empty")
        return self.items.popleft()

    def __len__(self):
        return len(self.items)


class Store:
    discount = 10

    def __init__(self, clock=None):
        self.stock = {}
        self.clock = clock

    def add(self, item):
        known = self.stock.get(item.name)
        if known is not None:
            known.count += item.count
        else:
            self.stock[item.name] = item
        return self.stock[item.name].count

    def price(self, name, count):
        item = self.stock[name]
        amount = item.price * count
        if count >= 10:
            amount -= amount * self.discount // 100
        return amount

    def is_open(self):
        hour = self.clock.hour()
        return 9 <= hour < 18

    def find(self, prefix):
        return sorted(name for name in self.stock if name.startswith(prefix))
'''
STORE_TESTS = """import unittest
from unittest import mock

import store
from store import Item, Queue, Store


class TestQueue(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.names = ["a", "b", "c", "d"]

    def setUp(self):
        self.queue = Queue()
        self.addCleanup(setattr, self, "queue", None)

    def test_keeps_its_size(self):
        for name in self.names:
            self.queue.push(name)
        self.assertEqual(len(self.queue), 3)

    def test_first_in_first_out(self):
        for name in self.names[:2]:
            self.queue.push(name)
        self.assertEqual([self.queue.pop(), self.queue.pop()], ["a", "b"])

    def test_empty(self):
        with self.assertRaisesRegex(LookupError, "empty"):
            self.queue.pop()

    @unittest.skip("not yet")
    def test_later(self):
        self.fail()


class TestStore(unittest.TestCase):
    def setUp(self):
        self.store = Store()
        self.store.add(Item("pen", 3))

    def test_counts(self):
        self.assertEqual(self.store.add(Item("pen", 3, 4)), 5)
        self.assertEqual(self.store.stock["pen"], Item("pen", 3, 5))

    def test_prices(self):
        for count, price in ((1, 3), (9, 27), (10, 27), (20, 54)):
            with self.subTest(count=count):
                self.assertEqual(self.store.price("pen", count), price)

    def test_open(self):
        clock = mock.Mock()
        clock.hour.side_effect = [8, 9, 17, 18]
        shop = Store(clock)
        self.assertEqual([shop.is_open() for _ in range(4)], [False, True, True, False])

    @mock.patch.object(Store, "discount", 50)
    def test_discount(self):
        self.assertEqual(self.store.price("pen", 10), 15)

    def test_find(self):
        self.store.add(Item("pencil", 1))
        self.store.add(Item("ink", 1))
        self.assertEqual(self.store.find("pen"), ["pen", "pencil"])


class TestModule(unittest.TestCase):
    @unittest.expectedFailure
    def test_expected(self):
        self.assertEqual(store.Queue().size, 4)
"""

SHAPES = '''"""Class bodies: dataclasses, enumerations, properties, inheritance, slots."""
import abc
import dataclasses
import enum
import functools
from typing import ClassVar, Dict, List, NamedTuple


class Colour(enum.Enum):
    RED = 1
    GREEN = 2

    @property
    def dark(self):
        return self.value < 2

    @classmethod
    def named(cls, text):
        return cls[text.strip().upper()]


class Point(NamedTuple):
    x: int
    y: int = 0

    def moved(self, dx, dy=0):
        return self._replace(x=self.x + dx, y=self.y + dy)


class Shape(abc.ABC):
    registry: ClassVar[Dict[str, type]] = {}
    sides = 0

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        Shape.registry[cls.__name__.lower()] = cls

    @abc.abstractmethod
    def area(self):
        """Area."""

    def describe(self):
        return "%s with %d sides, %d" % (type(self).__name__, self.sides, self.area())

    @staticmethod
    def scaled(value, factor=2):
        return value * factor


@dataclasses.dataclass
class Box(Shape):
    width: int
    height: int
    tags: List[str] = dataclasses.field(default_factory=list)
    sides = 4

    def __post_init__(self):
        if self.width < 0:
            raise ValueError("width")

    def area(self):
        return self.width * self.width

    @property
    def square(self):
        return self.width == self.height

    def __add__(self, other):
        return Box(self.width + other.width, self.height + other.height, self.tags + other.tags)


class Cube(Box):
    sides = 6

    def area(self):
        return 6 * super().area()

    def describe(self):
        return "solid " + super().describe()


@functools.total_ordering
class Weight:
    __slots__ = ("grams",)
    unit = "g"

    def __init__(self, grams):
        self.grams = grams

    def __eq__(self, other):
        return self.grams == other.grams

    def __lt__(self, other):
        return self.grams < other.grams

    def __hash__(self):
        return hash(self.grams)


def heaviest(weights, default=None):
    return max(weights) if weights else default
'''
SHAPES_TESTS = """import pytest

from shapes import Box, Colour, Cube, Point, Shape, Weight, heaviest


@pytest.mark.parametrize(("width", "height", "area"), [(2, 3, 6), (3, 3, 9), (0, 4, 0)], ids=str)
def test_area(width, height, area):
    assert Box(width, height).area() == area


class TestBox:
    def test_describe(self):
        assert Box(2, 2).describe() == "Box with 4 sides, 4"

    def test_negative(self):
        with pytest.raises(ValueError, match="width"):
            Box(-1, 1)

    def test_add(self):
        assert Box(1, 2, ["a"]) + Box(3, 4, ["b"]) == Box(4, 6, ["a", "b"])
        assert Box(1, 2).tags == []

    @pytest.mark.parametrize("size", [1, 2])
    def test_square(self, size):
        assert Box(size, size).square and not Box(size, size + 1).square


def test_cube():
    assert Cube(2, 2).describe() == "solid Cube with 6 sides, 24"


def test_registry():
    assert Shape.registry == {"box": Box, "cube": Cube}
    assert Shape.scaled(3) == 6


def test_colour():
    assert Colour.named(" red ") is Colour.RED
    assert Colour.RED.dark and not Colour.GREEN.dark


def test_point():
    assert Point(1).moved(2, 3) == (3, 3)


def test_weight():
    assert heaviest([Weight(2), Weight(5)]) == Weight(5) and heaviest([], 0) == 0
    assert Weight(1) >= Weight(1) and len({Weight(1), Weight(1)}) == 1
"""

STREAMS = '''"""Generators, closures, decorators and what decorators leave at import."""
import contextlib
import functools

COMMANDS = {}
CALLS = []


def command(name, aliases=()):
    def register(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            CALLS.append(name)
            return function(*args, **kwargs)

        COMMANDS[name] = wrapper
        for alias in aliases:
            COMMANDS[alias] = wrapper
        return wrapper

    return register


@command("add", aliases=("plus",))
def add(*numbers):
    total = 0
    for number in numbers:
        total += number
    return total


@command("join")
def join(*words, sep=" "):
    return sep.join(words)


def chunks(items, size):
    chunk = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []


def counter(start=0, step=1):
    value = start - step

    def step_on():
        nonlocal value
        value += step
        return value

    return step_on


def flatten(tree):
    for node in tree:
        if isinstance(node, list):
            yield from flatten(node)
        else:
            yield node


@contextlib.contextmanager
def collecting(into):
    into.append("in")
    try:
        yield into
    finally:
        into.append("out")


@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def retry(times):
    def decorate(function):
        def run(*args):
            for attempt in range(times):
                try:
                    return function(*args)
                except ValueError:
                    if attempt == times - 1:
                        raise

        return run

    return decorate


def running_mean(values):
    count, total = 0, 0
    for value in values:
        count += 1
        total += value
        yield total / count


class Pipeline:
    def __init__(self, *steps):
        self.steps = list(steps)

    def __call__(self, value):
        return functools.reduce(lambda result, step: step(result), self.steps, value)

    def then(self, step):
        return Pipeline(*self.steps, step)


double = Pipeline(lambda value: value * 2)
SQUARES = [n * n for n in range(4)]
TABLE = list(chunks(SQUARES, 2))
'''
STREAMS_TESTS = """import pytest

import streams
from streams import COMMANDS, add, chunks, collecting, counter, double, fib, flatten, join, retry, running_mean


@pytest.mark.parametrize(
    ("items", "size", "result"),
    [([1, 2], 1, [[1], [2]]), ([1, 2, 3], 2, [[1, 2], [3]]), ([], 2, []), ("abcd", 2, [["a", "b"], ["c", "d"]])],
)
def test_chunks(items, size, result):
    assert list(chunks(items, size)) == result


def test_commands():
    assert COMMANDS["plus"] is COMMANDS["add"] is add
    assert add(1, 2, 3) == 6
    assert streams.CALLS[-1] == "add"
    assert join("a", "b", sep="-") == "a-b" and COMMANDS["join"].__name__ == "join"


def test_counter():
    one, two = counter(), counter(5, 2)
    assert [one(), one(), two(), two()] == [0, 1, 5, 7]


def test_flatten():
    assert list(flatten([1, [2, [3]], []])) == [1, 2, 3]


def test_collecting():
    seen = []
    with pytest.raises(KeyError), collecting(seen):
        raise KeyError
    assert seen == ["in", "out"]


def test_fib():
    assert [fib(n) for n in (0, 1, 2, 10)] == [0, 1, 1, 55]


def test_retry():
    seen = []

    @retry(3)
    def flaky(n):
        seen.append(n)
        if len(seen) < n:
            raise ValueError
        return len(seen)

    assert flaky(3) == 3
    with pytest.raises(ValueError):
        flaky(99)


def test_mean():
    assert list(running_mean([2, 4, 6])) == [2, 3, 4]


def test_pipeline():
    assert double.then(str)(4) == "8"


def test_table():
    assert streams.TABLE == [[0, 1], [4, 9]]
"""

WORKERS = '''"""Asynchronous code, driven by asyncio.run."""
import asyncio


class Closed(Exception):
    pass


class Channel:
    def __init__(self, size=0):
        self.queue = asyncio.Queue(size)
        self.closed = False
        self.sent = 0

    async def send(self, item):
        if self.closed:
            raise Closed()
        await self.queue.put(item)
        self.sent += 1

    async def receive(self):
        if self.closed and self.queue.empty():
            raise Closed()
        return await self.queue.get()

    def close(self):
        self.closed = True

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        self.close()

    async def drain(self):
        while not self.queue.empty():
            yield await self.queue.get()


async def double(value):
    await asyncio.sleep(0)
    return value * 2


async def gather(values):
    return await asyncio.gather(*[double(value) for value in values])


async def first(*coroutines):
    tasks = [asyncio.ensure_future(c) for c in coroutines]
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    return done.pop().result()


async def limited(values, limit=2):
    running, most = 0, 0
    gate = asyncio.Semaphore(limit + 1)

    async def one(value):
        nonlocal running, most
        async with gate:
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1
            return value

    result = [await task for task in [asyncio.ensure_future(one(v)) for v in values]]
    return result, most


async def sums(stream):
    total = 0
    async for value in stream:
        total += value
    return total
'''
WORKERS_TESTS = """import asyncio

import pytest

from workers import Channel, Closed, first, gather, limited, sums


def run(coroutine):
    return asyncio.run(coroutine)


def test_gather():
    assert run(gather([1, 2, 3])) == [2, 4, 6]


@pytest.mark.parametrize("limit", [1, 2])
def test_limited(limit):
    assert run(limited([1, 2, 3, 4], limit)) == ([1, 2, 3, 4], limit)


def test_channel():
    async def use():
        async with Channel() as channel:
            await channel.send(1)
            await channel.send(2)
        assert channel.sent == 2
        assert [await channel.receive(), await channel.receive()] == [1, 2]
        with pytest.raises(Closed):
            await channel.receive()
        with pytest.raises(Closed):
            await channel.send(3)

    run(use())


def test_drain():
    async def use():
        channel = Channel()
        for number in (1, 2, 3):
            await channel.send(number)
        return await sums(channel.drain())

    assert run(use()) == 6


def test_first():
    async def slow():
        await asyncio.sleep(30)

    async def quick():
        return "quick"

    assert run(first(slow(), quick())) == "quick"
"""

PROJECTS: dict[str, dict[str, str]] = {
    "money": {"money.py": MONEY, "tests/test_money.py": MONEY_TESTS},
    "store": {"store.py": STORE, "test_store.py": STORE_TESTS},
    "shapes": {"shapes.py": SHAPES, "test_shapes.py": SHAPES_TESTS},
    "streams": {"streams.py": STREAMS, "test_streams.py": STREAMS_TESTS},
    "workers": {"workers.py": WORKERS, "test_workers.py": WORKERS_TESTS},
}

REPAIRS = {
    "money": ("money.py", "self.withdraw(amount)\n", "self.withdraw(amount + fee)\n"),
    "store": ("store.py", "len(self.items) > self.size", "len(self.items) >= self.size"),
    "shapes": ("shapes.py", "return self.width * self.width", "return self.width * self.height"),
    "streams": (
        "streams.py",
        "            chunk = []\n\n",
        "            chunk = []\n    if chunk:\n        yield chunk\n\n",
    ),
    "workers": ("workers.py", "Semaphore(limit + 1)", "Semaphore(limit)"),
}
"""Path, what is wrong in it, and what is right."""
