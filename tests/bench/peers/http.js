// Node's own http server and pg, cluster of two: the least that Node can do for a request.
import http from "node:http";
import { connect, serve } from "./db.js";
import { insert, RESULTS, select, SUBMIT } from "./bare.js";

function answer(res, status, object) {
	const text = JSON.stringify(object);
	res.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
	res.end(text);
}

async function submit(query, text, res) {
	JSON.parse(text);	// refuses what is no JSON
	answer(res, 202, { computation_id: await insert(query, text) });
}

async function read(query, id, res) {
	const row = await select(query, id);
	answer(res, row ? 200 : 404, row ?? { error: "no such result" });
}

serve(async (port) => {
	const query = await connect();
	http.createServer((req, res) => {
		const fail = (e) => answer(res, e instanceof SyntaxError ? 400 : 500, { error: e.message });
		if (req.method === "GET" && req.url.startsWith(RESULTS))
			return read(query, req.url.slice(RESULTS.length), res).catch(fail);
		if (req.method !== "POST" || req.url !== SUBMIT)
			return answer(res, 404, { error: "no such route" });
		const parts = [];
		req.on("data", (p) => parts.push(p));
		req.on("end", () => submit(query, Buffer.concat(parts).toString(), res).catch(fail));
	}).listen(port, "127.0.0.1");
});
