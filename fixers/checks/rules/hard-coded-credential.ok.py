import os

API_KEY = os.environ["API_KEY"]
PASSWORD_FIELD = "password"


def connect(client, password=""):
    client.login(user="app", password=password)
    return {"secret": "<redacted>"}
