// The bare duty: one INSERT, one SELECT by primary key.  No caller, no checks.
export const SUBMIT = "/api/v1/privacy/execute", RESULTS = "/api/v1/privacy/results/";

export const insert = async (query, text) =>
	(await query("insert", "INSERT INTO peer.bare (spec) VALUES ($1) RETURNING id", [text]))[0].id;

export const select = async (query, id) => (await query("select", `
	SELECT status, id AS computation_id, phase, priority, attempt, created_at, updated_at, started_at, finished_at,
	       expires_at, exit_code, output_truncated, output
	  FROM peer.result WHERE id = $1`, [id]))[0];
