def rate(row):
    try:
        return row["rate"]
    except KeyError:
        return 0
