import logging

logging.getLogger(__name__).setLevel(logging.WARNING)
