"""What a declaration says about Stripe customers that are found, made and kept from NetSuite."""

from dataclasses import dataclass

from assets.keys import key
from assets.no_values import OF_NOBODY, PLACEHOLDERS, no_keys_of, placeholders_of
from schemas.declaration import Declaration


@dataclass(frozen=True)
class ToStripeSettings:
    """The settings of the way from NetSuite to Stripe.

    Attributes:
        sync_path: the parameter by which a customer is found.
        creates: whether a customer is made where none is found.
        uses_first: of several that are found the oldest is used, and not none.
        makes_shared: a customer is made, too, for a record whose value other records or their customers have.
        kept: parameters that are kept as NetSuite has them.
        cleared: those of them that are cleared where NetSuite has nothing.
        subsidiaries: keys of the subsidiaries whose customers count; empty: of all.
        match_inactive: inactive records count, too.
        allow_list: a new customer has to say that it may be integrated.
        goes_back: new NetSuite customers are made of Stripe's, whose values are no news to Stripe.
        no_value: keys of placeholders, which are no values.
        no_key: those and what people write for nobody, by which nobody is found.
    """

    sync_path: str = "email"
    creates: bool = False
    uses_first: bool = False
    makes_shared: bool = False
    kept: tuple[str, ...] = ()
    cleared: frozenset[str] = frozenset()
    subsidiaries: frozenset[str] = frozenset()
    match_inactive: bool = False
    allow_list: bool = False
    goes_back: bool = False
    no_value: frozenset[str] = PLACEHOLDERS
    no_key: frozenset[str] = PLACEHOLDERS | OF_NOBODY

    @classmethod
    def of(cls, declaration: Declaration) -> "ToStripeSettings | None":
        """What a declaration says; None where nothing goes this way."""
        block = declaration.to_stripe
        if block is None:
            return None
        return cls(
            sync_path=block.sync_path,
            creates=block.on_none == "create",
            uses_first=block.on_several == "first",
            makes_shared=block.on_shared == "create",
            kept=tuple(block.kept),
            cleared=frozenset(block.cleared),
            subsidiaries=frozenset(found for found in map(key, block.subsidiaries) if found),
            match_inactive=declaration.match_inactive,
            allow_list=declaration.allow_list,
            goes_back=declaration.on_none == "create",
            no_value=placeholders_of(declaration),
            no_key=no_keys_of(declaration),
        )
