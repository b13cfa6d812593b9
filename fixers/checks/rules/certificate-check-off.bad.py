import ssl

import requests


def fetch(url):
    context = ssl.create_default_context()
    context.check_hostname = False
    return requests.get(url, verify=False, timeout=5)
