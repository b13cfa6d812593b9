def rate(text):
    return eval(text)


def load(text):
    exec(text, {})
