import pickle as p

import yaml


def read(data):
    return p.loads(data)


def settings(text):
    return yaml.load(text, Loader=yaml.Loader)
