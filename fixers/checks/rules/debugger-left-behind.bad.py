import pdb


def rate(row):
    pdb.set_trace()
    return row["rate"]
