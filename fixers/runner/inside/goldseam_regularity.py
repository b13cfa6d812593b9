"""What the results of a function have in common over many calls, and which variant breaks with it.

A small cousin of Daikon: type, nullness, sign, emptiness, length and identity with
the first argument. Something is regular when it held on every one of at least
`SUPPORT` calls that passing tests make.
"""

SUPPORT = 20
BREAKS = 1
"""Calls that count: one on which the code before kept to it and the variant does not."""
WORDS = {
    "type": "gives a {} where {} calls of passing tests give a {}",
    "none": "gives None where no call of passing tests does",
    "sign": "gives a {} number where no call of passing tests does",
    "empty": "gives something {} where no call of passing tests does",
    "length": "changes the length of its first argument, which no call of passing tests does",
    "same": "no longer gives back its first argument, as all calls of passing tests do",
}


def features_of(result, call):
    """Return what is looked at of a result."""
    arguments = [*call["positional"], *call["rest"]]
    found = {"type": type(result).__name__, "none": result is None}
    if type(result) in (int, float):
        found["sign"] = "negative" if result < 0 else "positive" if result > 0 else "zero"
    if type(result) in (list, tuple, str, bytes, dict, set, frozenset):
        found["empty"] = "empty" if not result else "filled"
        first = next((a for a in arguments if type(a) is type(result)), None)
        if first is not None:
            found["length"] = len(first) == len(result)
    found["same"] = any(result is a for a in arguments[:1]) and type(result) not in (int, bool, type(None), str)
    return found


def irregular(columns, inputs, names):
    """Return per column, in words, what was regular and is so no longer; nothing for the code before."""
    said = [[] for _ in columns]
    for index, name in enumerate(names):
        rules = _rules([s for s, made in zip(columns[0], inputs) if made.index == index and made.passing])
        for column, words in zip(columns[1:], said[1:]):
            for feature, (value, support) in rules.items():
                broken = _broken(columns[0], column, inputs, index, feature, value)
                if len(broken) >= BREAKS:
                    words.append("%s %s" % (name, _worded(feature, value, support, broken[0])))
    return said


def _rules(said):
    """Return the features that had one value on all calls that gave a result, with the number of those."""
    known = [each.features for each in said if each.features is not None]
    rules = {}
    for feature in WORDS:
        values = [features[feature] for features in known if feature in features]
        if len(values) >= SUPPORT and all(value == values[0] for value in values):
            rules[feature] = (values[0], len(values))
    for implied in ("none",) if "type" in rules else ():
        rules.pop(implied, None)
    if rules.get("length", (True, 0))[0] is not True:
        del rules["length"]
    if rules.get("same", (True, 0))[0] is not True:
        del rules["same"]
    return rules


def _broken(before, after, inputs, index, feature, value):
    """Return the new values where the code before kept to the rule and the variant does not."""
    found = []
    for old, new, made in zip(before, after, inputs):
        if made.index != index or old.features is None or new.features is None:
            continue
        if old.features.get(feature) == value and new.features.get(feature, value) != value:
            found.append(new.features[feature])
    return found


def _worded(feature, value, support, new):
    if feature == "type":
        return WORDS[feature].format(new, support, value)
    return WORDS[feature].format(new)
