// Uploads measurements as @divviup/dap does it: a task and its measurements as JSON on stdin, what came of it on stdout.
//
//	in	{"task": what the constructor of Task takes, "measurements": [...], "at_once": 8}
//	out	{"sent": n, "failed": [{"index", "word", "status", "title"}], "requests": {"METHOD path, media type -> status, media type": n}}
import fs from "node:fs";
import { load } from "./packages.mjs";

const { Task } = await load("@divviup/dap");
const { task, measurements, at_once = 8 } = JSON.parse(fs.readFileSync(0, "utf8"));
const said = { sent: 0, failed: [], requests: {} };

const plain = globalThis.fetch;
globalThis.fetch = async (url, init = {}) => {
	const response = await plain(url, init);
	const h = init.headers ?? {}, media = response.headers.get("Content-Type");
	const line = `${init.method ?? "GET"} ${new URL(url).pathname}, ${h.Accept ?? h["Content-Type"]} -> ${response.status}, ${media}`;
	said.requests[line] = (said.requests[line] ?? 0) + 1;
	return response;
};

const client = new Task(task);
let next = 0;

async function one(index) {
	try {
		await client.sendMeasurement(measurements[index]);
		said.sent++;
	} catch (e) {
		said.failed.push({ index, word: e.shortType ?? null, status: e.status ?? null, title: e.message });
	}
}

async function lane() {
	while (next < measurements.length)
		await one(next++);
}

if (measurements.length)
	await one(next++);		// keys are fetched once, not once a lane
await Promise.all(Array.from({ length: at_once }, lane));
process.stdout.write(JSON.stringify(said) + "\n");
