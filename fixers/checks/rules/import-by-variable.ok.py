import importlib


def plugin():
    return importlib.import_module("billing.rates")
