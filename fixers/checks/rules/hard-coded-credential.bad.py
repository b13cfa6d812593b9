API_KEY = "k3y-9f8a7b6c5d4e"


def connect(client):
    client.login(user="app", password="hunter2-hunter2")
    return {"secret": "s3cr3t-s3cr3t"}
