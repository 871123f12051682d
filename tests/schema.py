"""The part of JSON Schema that our OpenAPI document uses: enough to hold every answer to it.

    faults(schema, value, document) -> texts that begin with the place, none when the value fits
    Contract(document).faults(method, path, status, value): the same for an answer of a route
"""
import re

TYPES = {"object": lambda v: isinstance(v, dict), "array": lambda v: isinstance(v, list), "string": lambda v: isinstance(v, str),
         "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
         "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
         "boolean": lambda v: isinstance(v, bool), "null": lambda v: v is None}
KNOWN = {"$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "const", "oneOf", "pattern", "minimum", "maximum",
         "minLength", "maxLength", "minItems", "maxItems", "description", "examples", "format", "contentEncoding"}


def resolved(ref, document):
    v = document
    for part in ref.lstrip("#/").split("/"):
        v = v[part]
    return v


def faults(schema, value, document, at="$"):
    if "$ref" in schema:
        return faults(resolved(schema["$ref"], document), value, document, at)
    out = ["%s: the schema says %r, which this reader does not know" % (at, k) for k in set(schema) - KNOWN if not k.startswith("x-")]
    if "oneOf" in schema:
        fits = sum(not faults(s, value, document, at) for s in schema["oneOf"])
        out += [] if fits == 1 else ["%s: fits %d of oneOf" % (at, fits)]
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(TYPES[t](value) for t in types):
        return out + ["%s: %.80r is not %s" % (at, value, " or ".join(types))]
    if "enum" in schema and value not in schema["enum"] or "const" in schema and value != schema["const"]:
        out.append("%s: %.80r is not one of its words" % (at, value))
    if isinstance(value, str):
        out += text_faults(schema, value, at)
    elif isinstance(value, dict):
        out += object_faults(schema, value, document, at)
    elif isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            out.append("%s: %d elements" % (at, len(value)))
        out += [f for i, v in enumerate(value) for f in faults(schema.get("items", {}), v, document, "%s[%d]" % (at, i))]
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            out.append("%s: %r is out of bounds" % (at, value))
    return out


def text_faults(schema, value, at):
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return ["%s: %.80r does not fit %s" % (at, value, schema["pattern"])]
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        return ["%s: %d characters" % (at, len(value))]
    return []


def object_faults(schema, value, document, at):
    members, more = schema.get("properties", {}), schema.get("additionalProperties", True)
    out = ["%s.%s is missing" % (at, k) for k in schema.get("required", []) if k not in value]
    for k, v in value.items():
        if k in members:
            out += faults(members[k], v, document, "%s.%s" % (at, k))
        elif more is False:
            out.append("%s.%s is not in the schema" % (at, k))
        elif isinstance(more, dict):
            out += faults(more, v, document, "%s.%s" % (at, k))
    return out


class Contract:
    """The answers that the document promises."""

    def __init__(self, document):
        self.document = document

    def operation(self, route):
        """Of "METHOD /path", or None."""
        method, path = route.split(" ")
        return self.document["paths"].get(path, {}).get(method.lower())

    def faults(self, route, status, value):
        """value: the JSON of an answer, None when it was none."""
        answer = self.operation(route)["responses"].get(str(status))
        if answer is None:
            return ["%d is no answer that the description of %s knows" % (status, route)]
        if "$ref" in answer:
            answer = resolved(answer["$ref"], self.document)
        media = answer.get("content", {}).get("application/json")
        if media is None or value is None:
            return []
        return faults(media["schema"], value, self.document)
