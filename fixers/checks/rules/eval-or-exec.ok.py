import ast


def rate(text):
    return ast.literal_eval(text)


def choose(model):
    return model.eval()
