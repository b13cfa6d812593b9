def rate(row):
    try:
        return row["rate"]
    except KeyError:
        pass


def total(row):
    try:
        return sum(row)
    except:
        return 0
