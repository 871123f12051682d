// What the HTTP peers share: connections, and the cluster of two.
//
// Settings, each the best of those tried and all documented by node-postgres: named (prepared) statements, as
// many connections a process as argv says, no idle timeout, timestamps passed on as PostgreSQL wrote them
// instead of becoming a Date and text again, and with `pipeline` (node-postgres.com/features/pipelining)
// several statements under way on each connection.
import cluster from "node:cluster";
import pg from "pg";

const [dsn, port, processes, width, pipeline] = process.argv.slice(2);

for (const oid of [pg.types.builtins.TIMESTAMPTZ, pg.types.builtins.INT8])
	pg.types.setTypeParser(oid, (v) => v);

// connect() -> query(name, text, values): the rows.
export async function connect() {
	if (pipeline !== "pipeline") {
		const pool = new pg.Pool({ connectionString: dsn, max: Number(width), idleTimeoutMillis: 0 });
		return async (name, text, values) => (await pool.query({ name, text, values })).rows;
	}
	const lines = Array.from({ length: Number(width) }, () => new pg.Client({ connectionString: dsn, pipeline: true }));
	await Promise.all(lines.map((c) => c.connect()));
	let turn = 0;
	return async (name, text, values) => {
		turn = (turn + 1) % lines.length;
		return (await lines[turn].query({ name, text, values })).rows;
	};
}

// serve(start): start(port) in each of the processes; the primary only hands out connections.
export function serve(start) {
	if (cluster.isPrimary)
		for (let i = 0; i < Number(processes); i++)
			cluster.fork();
	else
		start(Number(port));
}
