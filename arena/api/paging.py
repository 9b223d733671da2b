"""Long lists come in parts."""

from ninja import Field, Schema


class Part(Schema):
    """Which part of a list: `limit` items after the first `offset`."""

    limit: int = Field(100, ge=1, le=500)
    offset: int = Field(0, ge=0, le=1_000_000)

    @property
    def slice(self) -> slice:
        return slice(self.offset, self.offset + self.limit)
