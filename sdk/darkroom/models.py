"""What the node lists, as objects."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class DataProduct:
    """Something that can be leased."""

    product_id: str
    name: str
    data_type: str
    keywords: list = field(default_factory=list)

    @classmethod
    def from_row(cls, row):
        """From a row of the wire; ValueError when a field is wrong.
        Unknown fields are ignored."""
        if not isinstance(row, dict):
            raise ValueError("not an object")
        for name in ("productId", "name", "dataType"):
            if not isinstance(row.get(name), str):
                raise ValueError("%s is not a string" % name)
        keywords = row.get("keywords", [])
        if not isinstance(keywords, list) or not all(isinstance(word, str) for word in keywords):
            raise ValueError("keywords is not a list of strings")
        return cls(row["productId"], row["name"], row["dataType"], keywords)
