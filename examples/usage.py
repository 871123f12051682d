#!/usr/bin/python3
"""The Python SDK from lease to result.

usage: usage.py LEASE_ID ASSET_ID [SCRIPT]

Which node and which key come from DARKROOM_URL and DARKROOM_KEY_FILE; with
sdk/ on PYTHONPATH (or after pip install ./sdk) nothing else is needed.
"""
import os
import sys

from darkroom.pandacea import ComputationFailed, PandaceaClient


def main(argv):
    if len(argv) not in (3, 4):
        sys.exit(__doc__)
    lease_id, asset_id = argv[1:3]
    script = argv[3] if len(argv) == 4 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "train.py")

    with PandaceaClient(os.environ["DARKROOM_URL"], os.environ["DARKROOM_KEY_FILE"]) as client:
        computation_id = client.execute_computation(
            lease_id=lease_id, code_path=script,
            inputs=[{"asset_id": asset_id, "variable_name": "features"}])
        print("submitted", computation_id)
        try:
            result = client.wait_for_computation(computation_id, timeout=300)
        except ComputationFailed as e:
            sys.exit("%s\n%s: %s" % (e.message, e.reason_code, e.hint))
        print(result["results"]["output"], end="")
        for name, encoded in result["results"]["artifacts"].items():
            print("%-20s %d bytes" % (name, len(client.decode_artifact(encoded))))


if __name__ == "__main__":
    main(sys.argv)
