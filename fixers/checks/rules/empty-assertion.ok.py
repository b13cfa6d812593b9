def check(total):
    assert total > 0, "must be positive"
