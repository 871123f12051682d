// fastify and pg with the duties of a Darkroom node, as a good Node engineer would write them: two round trips.
// Submit: one SELECT says who calls (SHA-256 of the bearer token), whether the lease is theirs, alive and covers
// the assets; one statement then writes the idempotency key, if the client
// sent one, and every row of the job, or nothing.
// Left out, in its favour: rates, quotas, counted runs, limits by owner, signatures, image rules, wake-ups.
import { createHash, randomBytes, randomUUID } from "node:crypto";
import Fastify from "fastify";
import { connect, serve } from "./db.js";
import { RESULTS, SUBMIT } from "./bare.js";
import { accepted, job, result } from "./schema.js";

const CALLER = `
	SELECT p.id FROM peer.token t JOIN peer.principal p ON p.id = t.principal
	 WHERE t.sha256 = $1 AND t.revoked_at IS NULL AND t.expires_at > now() AND p.enabled`;
const ENTITLED = `
	SELECT p.id AS principal, l.serial, l.owner, array_agg(a.id ORDER BY o.n) AS assets, array_agg(a.version ORDER BY o.n) AS versions
	  FROM peer.token t JOIN peer.principal p ON p.id = t.principal
	  JOIN peer.lease l ON l.lease_id = $2 AND l.consumer = p.id
	  JOIN peer.lease_asset la ON la.serial = l.serial
	  JOIN peer.asset a ON a.id = la.asset AND a.removed_at IS NULL
	  JOIN unnest($3::text[]) WITH ORDINALITY o (name, n) ON o.name = a.asset_id
	 WHERE t.sha256 = $1 AND t.revoked_at IS NULL AND t.expires_at > now() AND t.scopes @> '{job:submit}'
	   AND p.enabled AND l.state = 'approved' AND l.expires_at > now()
	 GROUP BY 1, 2, 3`;
const WRITE = `
	WITH idem AS (
	  INSERT INTO peer.idem (principal, key, digest, job_id) SELECT $1, $2, $3, $4 WHERE $2::text IS NOT NULL
	  ON CONFLICT DO NOTHING RETURNING job_id),
	fresh AS (SELECT $4::uuid AS job_id WHERE $2::text IS NULL OR EXISTS (SELECT FROM idem)),
	job AS (INSERT INTO peer.job (id, principal, spec) SELECT job_id, $1, $5 FROM fresh),
	ready AS (INSERT INTO peer.ready (lane, tenant, rank, id) SELECT 1, $1, extract(epoch FROM now()) * 1e6, job_id FROM fresh),
	computation AS (
	  INSERT INTO peer.computation (job_id, public_id, principal, serial, script, variables, assets, versions, owner)
	  SELECT job_id, $6, $1, $7, $8, $9::text[], $10::bigint[], $11::int[], $12 FROM fresh),
	event AS (INSERT INTO peer.event (actor, verb, object) SELECT $1, 'job.submitted', $6 FROM fresh)
	SELECT job_id FROM fresh`;
const FIRST = "SELECT i.digest = $3 AS same, c.public_id FROM peer.idem i JOIN peer.computation c USING (job_id) WHERE i.principal = $1 AND i.key = $2";
const READ = `
	SELECT r.status, r.id AS computation_id, r.phase, r.priority, r.attempt, r.created_at, r.updated_at, r.started_at,
	       r.finished_at, r.expires_at, r.exit_code, r.output_truncated, r.output
	  FROM peer.token t JOIN peer.principal p ON p.id = t.principal
	  JOIN peer.result r ON r.id = $2 AND r.principal = p.id
	 WHERE t.sha256 = $1 AND t.revoked_at IS NULL AND t.expires_at > now() AND t.scopes @> '{job:read}' AND p.enabled`;

const sha256 = (v) => createHash("sha256").update(v).digest();

// UUIDv7: 48 bits of milliseconds, 74 of chance.
function uuid7() {
	const b = randomBytes(16);
	b.writeUIntBE(Date.now(), 0, 6);
	b[6] = (b[6] & 0x0f) | 0x70;
	b[8] = (b[8] & 0x3f) | 0x80;
	const h = b.toString("hex");
	return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}

function token(req) {
	const h = req.headers.authorization ?? "";
	return h.startsWith("Bearer ") ? sha256(h.slice(7)) : null;
}

// refuse: why nothing came back: an unknown caller, or one without the right.
async function refuse(query, reply, digest, otherwise) {
	const known = digest && (await query("caller", CALLER, [digest])).length;
	reply.code(known ? otherwise : 401);
	return { error: known ? "not yours" : "who are you?" };
}

async function submit(query, req, reply) {
	const { lease_id, code, inputs } = req.body, digest = token(req);
	const names = inputs.map((i) => i.asset_id);
	const [may] = digest ? await query("entitled", ENTITLED, [digest, lease_id, names]) : [];
	if (!may || may.assets.length !== names.length)
		return refuse(query, reply, digest, 403);
	const key = req.headers["idempotency-key"] ?? null, spec = JSON.stringify(req.body);
	const body = sha256(spec), publicId = "comp-" + randomUUID();
	const [written] = await query("write", WRITE, [may.principal, key, body, uuid7(), spec, publicId, may.serial,
		sha256(code), inputs.map((i) => i.variable_name), may.assets, may.versions, may.owner]);
	const first = written ? null : (await query("first", FIRST, [may.principal, key, body]))[0];
	reply.code(first && !first.same ? 422 : 202);
	return { computation_id: first ? first.public_id : publicId };
}

async function read(query, req, reply) {
	const digest = token(req);
	const [row] = digest ? await query("read", READ, [digest, req.params.id]) : [];
	return row ?? refuse(query, reply, digest, 404);
}

serve(async (port) => {
	const query = await connect();
	const app = Fastify({ logger: false });
	app.post(SUBMIT, { schema: { body: job, response: { 202: accepted } } }, (req, reply) => submit(query, req, reply));
	app.get(RESULTS + ":id", { schema: { response: { 200: result } } }, (req, reply) => read(query, req, reply));
	await app.listen({ port, host: "127.0.0.1" });
});
