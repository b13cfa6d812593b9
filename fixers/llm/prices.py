"""What a model costs, as its maker publishes it. One that is not listed is refused: an unknown price is not zero."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

READ_ON = "2026-11-22"
"""When the table was compared with the published one."""
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    tokens_in: Decimal
    tokens_out: Decimal

    def of(self, tokens_in: int, tokens_out: int) -> Decimal:
        """Return what one call costs."""
        return (self.tokens_in * tokens_in + self.tokens_out * tokens_out) / MILLION


def _price(tokens_in: str, tokens_out: str) -> Price:
    return Price(Decimal(tokens_in), Decimal(tokens_out))


PRICES = {
    "claude-fable-5-1": _price("10", "50"),
    # Prompts above 100,000 tokens cost five times the entry price; the higher one is the one to plan with.
    "claude-haiku-5-5": _price("0.50", "2.50"),
    "claude-opus-5": _price("5", "25"),
    "claude-opus-5-5": _price("4", "20"),
    "claude-sonnet-5": _price("2", "10"),
    "claude-sonnet-5-5": _price("2", "10"),
}


def price_of(model: str) -> Price | None:
    """Return the model's price, or None when the table does not know it."""
    return PRICES.get(model)
