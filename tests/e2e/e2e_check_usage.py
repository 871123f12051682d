#!/usr/bin/python3
"""The usage example of the SDK on a CSV asset, in an image with torch: the weights of its `model` come back.

Building the torch image takes minutes and a gigabyte, so it is used when the cache has it; without it this
file says so and e2e_check_node.py runs the example in the data image, with a script that writes its own file.
"""
import io
import os
import re
import subprocess
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import TOP, Node, Tap, need_root  # noqa: E402

SCRIPT = """\
import torch

table = torch.tensor(features.values, dtype=torch.float32)
model = torch.nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
for _ in range(300):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model(table[:, :1]), table[:, 1:])
    loss.backward()
    optimizer.step()
print("rows %d loss %.3f" % (len(table), loss.item()))
"""
EXAMPLE = """\
client = PandaceaClient(base_url, key_file)
computation_id = client.execute_computation(lease_id="lease_123", code_path="script.py",
                                            inputs=[{"asset_id": "data_456", "variable_name": "features"}])
result = client.wait_for_computation(computation_id)
print(result["status"], result["results"]["output"].strip())
with open("model_weights.pth", "wb") as f:
    f.write(client.decode_artifact(result["results"]["artifacts"]["model_weights.pth"]))
"""


def cached(name):
    return subprocess.run([os.path.join(TOP, "image", "darkroom-image"), "path", name], capture_output=True).returncode == 0


def main():
    need_root()
    t = Tap()
    if not cached("torch"):
        t.skip("check 4: the usage example returns model_weights.pth of a torch model",
               "no torch image in the cache: image/darkroom-image build torch")
        t.done()
    with Node("usage", images=("torch",), conf={"pool_size": 1, "pool_min": 1, "pool_max": 1, "start_timeout_ms": 60000}) as n:
        owner, consumer = n.principal("owner", ["owner"]), n.principal("consumer", ["consumer"])
        owner.asset("data_456", b"x,y\n" + b"".join(b"%d,%d\n" % (i, 2 * i + 1) for i in range(5)))
        owner.grant(consumer, ["data_456"], lease_id="lease_123")
        here = n.path("usage")
        os.makedirs(here)
        with open(os.path.join(here, "script.py"), "w") as f:
            f.write(SCRIPT)
        code = "import sys\nfrom darkroom.pandacea import PandaceaClient\nbase_url, key_file = sys.argv[1:]\n" + EXAMPLE
        p = subprocess.run(["/usr/bin/python3", "-c", code, n.url, consumer.key_file], cwd=here, capture_output=True, text=True, timeout=120,
                           env={"PYTHONPATH": os.path.join(TOP, "sdk"), "PATH": "/usr/bin:/bin"})
        t.like(p.stdout, r"^completed rows 5 loss \d+\.\d{3}$", "check 4: the usage example runs on a CSV asset, and .values works on the frame")
        if p.returncode:
            t.diag(p.stderr[-1000:])
        with open(os.path.join(here, "model_weights.pth"), "rb") as f:
            names = zipfile.ZipFile(io.BytesIO(f.read())).namelist()
        t.ok(any(re.search(r"data\.pkl$", name) for name in names), "check 4: model_weights.pth is what torch.save wrote")
        back = consumer.run("lease_123", "import torch\nprint(torch.__version__.split('+')[0] >= '1')", {"features": "data_456"})
        t.is_(back["results"]["output"].strip(), "True", "check 4: a script without a model leaves no weights")
        t.is_(back["results"]["artifacts"], {}, "check 4: and no artifact")
    t.done()


if __name__ == "__main__":
    main()
