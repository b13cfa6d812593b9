def rate(row):
    return row["rate"]
