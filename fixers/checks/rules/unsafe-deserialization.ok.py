import json

import yaml


def read(data):
    return json.loads(data)


def settings(text):
    return yaml.load(text, Loader=yaml.SafeLoader) or yaml.safe_load(text)
