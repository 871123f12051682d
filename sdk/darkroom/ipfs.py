"""Adding a file to an IPFS node, for those who set IPFS_API_URL."""
import json
import re
import secrets

from .errors import APIResponseError, PandaceaException
from .transport import Budget, Session

ANSWER_MAX = 64 << 10


def add(api_url, name, data, timeout):
    """Store data as one file (POST api/v0/add, CIDv0) and return its CID."""
    boundary = secrets.token_hex(16)
    name = re.sub(r'[^A-Za-z0-9._-]', "_", name)
    body = b"".join((
        b"--", boundary.encode(), b"\r\n",
        b'Content-Disposition: form-data; name="file"; filename="', name.encode(), b'"\r\n',
        b"Content-Type: application/octet-stream\r\n\r\n", data,
        b"\r\n--", boundary.encode(), b"--\r\n"))
    session = Session(api_url.rstrip("/"))
    try:
        answer = session.send(
            "POST", session.address.prefix + "/api/v0/add?cid-version=0&pin=true",
            {"Host": session.address.authority, "Content-Length": str(len(body)),
             "Content-Type": "multipart/form-data; boundary=" + boundary}, body, Budget(timeout))
        text = answer.read(ANSWER_MAX)
    finally:
        session.close()
    if answer.status != 200:
        raise APIResponseError("API returned error status %d" % answer.status, answer.status,
                               text.decode("utf-8", "replace"))
    try:
        return json.loads(text)["Hash"]
    except (ValueError, KeyError, TypeError) as e:
        raise PandaceaException("the IPFS node named no hash") from e
