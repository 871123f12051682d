"""The load generator: wrk with two threads, keep-alive, requests made beforehand.

drive(folder, port, requests, connections, seconds) -> dict: rate (answers 2xx a second), done, refused (any
other answer), latency {quantile in per cent: ms}.  requests: whole HTTP requests as bytes (any bytes); the threads take
them in turns, from the first again when all were sent.  Nothing is generated or looked at in Lua meanwhile.
"""
import json
import os
import subprocess
import time

QUANTILES = (1, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99)

LUA = """
local threads, all, n, at = 0, {}, 0, 0
function setup(thread)
  thread:set("first", threads)
  threads = threads + 1
end
function init(args)
  local f = assert(io.open(args[1], "rb"))
  for size in function() return f:read(8) end do
    n = n + 1
    all[n] = f:read(tonumber(size, 16))
  end
  f:close()
  at, once = first, args[2] == "once"
end
function request()
  if once and at >= n then
    wrk.thread:stop()
  end
  local r = all[at %% n + 1]
  at = at + 2
  return r
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('RESULT {"us":%%d,"done":%%d,"refused":%%d,"broken":%%d,"latency":{', summary.duration, summary.requests,
                         e.status, e.connect + e.read + e.write + e.timeout))
  for i, q in ipairs({%s}) do
    io.write(string.format('%%s"%%s":%%g', i > 1 and "," or "", q, latency:percentile(q) / 1000))
  end
  io.write("}}\\n")
end
""" % ",".join(str(q) for q in QUANTILES)


def http(method, target, port, headers, body=b"", media="application/json"):
    lines = ["%s %s HTTP/1.1" % (method, target), "Host: 127.0.0.1:%d" % port]
    lines += ["%s: %s" % kv for kv in headers.items()]
    if body:
        lines += ["Content-Type: " + media, "Content-Length: %d" % len(body)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def argv(folder, port, requests, connections, seconds, *more):
    script, data = os.path.join(folder, "wrk.lua"), os.path.join(folder, "wrk.requests")
    with open(script, "w") as f:
        f.write(LUA)
    with open(data, "wb") as f:
        f.writelines(b"%08x%s" % (len(r), r) for r in requests)
    return ["wrk", "-t2", "-c%d" % connections, "-d%gs" % seconds, "-s", script, "http://127.0.0.1:%d" % port, "--", data, *more]


def drive(folder, port, requests, connections, seconds):
    p = subprocess.run(argv(folder, port, requests, connections, seconds), capture_output=True, text=True)
    lines = [x[7:] for x in p.stdout.splitlines() if x.startswith("RESULT ")]
    if p.returncode or not lines:
        raise RuntimeError("wrk: exit %d\n%s%s" % (p.returncode, p.stdout, p.stderr))
    out = json.loads(lines[0])
    if out["broken"] or out["done"] == 0:
        raise RuntimeError("wrk: connections broke: %s" % lines[0])
    good = out["done"] - out["refused"]
    return {"rate": good * 1e6 / out["us"], "done": good, "refused": out["refused"], "latency": out["latency"]}


def feed(folder, port, requests, connections, enough, timeout=600):
    """Sends each request once; returns when enough() says that all were taken.  An answer that was still on its way when
    its thread was through is seen by nobody: what enough() asks must be the receiver."""
    p = subprocess.Popen(argv(folder, port, requests, connections, timeout, "once"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + timeout
        while not enough():
            if time.monotonic() > end or p.poll() is not None:
                raise TimeoutError("wrk was through, and not all requests were taken")
            time.sleep(0.1)     # pause: between two questions
    finally:
        p.kill()
        p.wait()
