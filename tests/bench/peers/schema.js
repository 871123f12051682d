// What fastify compiles: bodies that it validates, answers that it writes.
const text = { type: "string" }, int = { type: "integer" }, bool = { type: "boolean" };

export const job = {
	type: "object",
	required: ["lease_id", "code", "inputs"],
	properties: {
		lease_id: text, code: { type: "string", minLength: 1, maxLength: 1 << 20 },
		inputs: { type: "array", maxItems: 64, items: { type: "object", required: ["asset_id", "variable_name"],
			properties: { asset_id: text, variable_name: text } } },
	},
};

export const accepted = { type: "object", properties: { computation_id: text } };

export const result = {
	type: "object",
	properties: {
		status: text, computation_id: text, phase: text, priority: int, attempt: int, created_at: text, updated_at: text,
		started_at: text, finished_at: text, expires_at: text, exit_code: int, output_truncated: bool, output: text,
	},
};
