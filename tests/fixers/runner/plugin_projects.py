"""Projects that configure the plug-ins which make a run parallel, random, measured, repeated or asynchronous."""

from __future__ import annotations

FEES = '''"""Late fees."""
import asyncio


def late_fee(days, rate=5):
    if days >= 3:
        return days * rate
    return 0


async def fetch_fee(days, client=None):
    await asyncio.sleep(0)
    return late_fee(days) + (client.surcharge() if client else 0)
'''
FEES_TESTS = """import pytest
from hypothesis import given, strategies

from fees import fetch_fee, late_fee


@pytest.mark.parametrize(("days", "fee"), [(0, 0), (2, 0), (3, 0), (4, 20)])
def test_fee(days, fee):
    assert late_fee(days) == fee


@given(strategies.integers(min_value=4, max_value=1000))
def test_any_day(days):
    assert late_fee(days) == days * 5


async def test_fetched():
    assert await fetch_fee(3) == 0


async def test_with_a_client(mocker):
    client = mocker.Mock()
    client.surcharge.return_value = 2
    assert await fetch_fee(4, client) == 22
    client.surcharge.assert_called_once_with()
"""
EVERYTHING = """[pytest]
addopts =
    -n auto --dist loadscope
    --cov=fees --cov-report=term --cov-fail-under=10
    --reruns 1 --random-order
timeout = 20
asyncio_mode = auto
"""

SETTINGS = """SECRET_KEY = "x"
INSTALLED_APPS = ["shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
ROOT_URLCONF = "shop.urls"
"""
MODELS = """from django.db import models


class Item(models.Model):
    name = models.CharField(max_length=20)
    price = models.IntegerField()

    def reduced(self, percent):
        return self.price + self.price * percent // 100

    @classmethod
    def dearest(cls):
        return cls.objects.order_by("-price").first()
"""
URLS = """from django.http import JsonResponse
from django.urls import path

from shop.models import Item


def prices(request):
    return JsonResponse({item.name: item.reduced(10) for item in Item.objects.all()})


urlpatterns = [path("prices/", prices)]
"""
SHOP_TESTS = """import pytest
from django.test import TestCase

from shop.models import Item


@pytest.mark.django_db
@pytest.mark.parametrize(("percent", "price"), [(0, 100), (10, 90), (50, 50)])
def test_reduced(percent, price):
    assert Item.objects.create(name="pen", price=100).reduced(percent) == price


@pytest.mark.django_db
def test_page(client):
    Item.objects.create(name="pen", price=100)
    assert client.get("/prices/").json() == {"pen": 90}


class TestDearest(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ink = Item.objects.create(name="ink", price=7)
        Item.objects.create(name="pen", price=3)

    def test_dearest(self):
        self.assertEqual(Item.dearest(), self.ink)

    def test_reduced(self):
        self.assertEqual(self.ink.reduced(100), 0)
"""

PROJECTS: dict[str, dict[str, str]] = {
    "everything": {"fees.py": FEES, "tests/test_fees.py": FEES_TESTS, "pytest.ini": EVERYTHING},
    "django": {
        "config.py": SETTINGS,
        "shop/__init__.py": "",
        "shop/models.py": MODELS,
        "shop/urls.py": URLS,
        "tests/test_shop.py": SHOP_TESTS,
        "pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = config\naddopts = --reuse-db -n 2\n",
    },
}
REPAIRS = {
    "everything": ("fees.py", "if days >= 3:", "if days > 3:"),
    "django": ("shop/models.py", "return self.price + self", "return self.price - self"),
}
