// fastify and pg, cluster of two, as its documentation recommends for speed: a schema for each body and each
// answer (compiled validation and serialisation), no logger, async handlers.
import Fastify from "fastify";
import { connect, serve } from "./db.js";
import { insert, RESULTS, select, SUBMIT } from "./bare.js";
import { accepted, job, result } from "./schema.js";

serve(async (port) => {
	const query = await connect();
	const app = Fastify({ logger: false });
	app.post(SUBMIT, { schema: { body: job, response: { 202: accepted } } }, async (req, reply) => {
		reply.code(202);
		return { computation_id: await insert(query, JSON.stringify(req.body)) };
	});
	app.get(RESULTS + ":id", { schema: { response: { 200: result } } }, async (req, reply) => {
		const row = await select(query, req.params.id);
		if (!row)
			reply.code(404);
		return row ?? { error: "no such result" };
	});
	await app.listen({ port, host: "127.0.0.1" });
});
