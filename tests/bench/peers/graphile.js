// graphile-worker: batches by localQueue and completeJobBatchDelay, as its
// documentation recommends for throughput; without them one by one.
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import { flood, main, now, paced, timed } from "./measure.js";

const logger = new Logger(() => () => {});
const batch = (n) => Array.from({ length: n }, () => ({ identifier: "noop", payload: {} }));

async function withUtils(dsn, fn) {
	const utils = await makeWorkerUtils({ connectionString: dsn, maxPoolSize: 4, logger });
	try {
		return await fn(utils);
	} finally {
		await utils.release();
	}
}

function worker(dsn, concurrency, size, noop) {
	const tuned = size > 1 ? { localQueue: { size }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } : {};
	return run({
		logger, noHandleSignals: true, taskList: { noop },
		preset: { worker: { connectionString: dsn, concurrentJobs: concurrency, maxPoolSize: 10, ...tuned } },
	});
}

async function drain(dsn, jobs, concurrency, size) {
	let left = jobs, done;
	const all = new Promise((r) => (done = r));
	return timed(async () => {
		const runner = await worker(dsn, concurrency, size, () => {
			if (--left === 0)
				done();
		});
		await all;
		await runner.stop();
		return jobs;
	});
}

async function latency(dsn, rate, seconds) {
	const ms = [];
	const runner = await worker(dsn, 4, 1, (p) => { ms.push(now() - p.t); });
	await withUtils(dsn, async (u) => {
		await paced(rate, seconds, () => u.addJob("noop", { t: now() }));
		while (ms.length < rate * seconds)
			await new Promise((r) => setTimeout(r, 20));
	});
	await runner.stop();
	return { ms };
}

await main({
	setup: (dsn) => withUtils(dsn, async (u) => { await u.migrate(); return {}; }),
	submit: (dsn, seconds) => withUtils(dsn, (u) => timed(() => flood(seconds, 4, 1, () => u.addJob("noop", {})))),
	submit_many: (dsn, seconds) => withUtils(dsn, (u) => timed(() => flood(seconds, 2, 1000, () => u.addJobs(batch(1000))))),
	fill: (dsn, jobs) => withUtils(dsn, (u) => timed(async () => {
		for (let n = 0; n < jobs; n += 1000)
			await u.addJobs(batch(Math.min(1000, jobs - n)));
		return jobs;
	})),
	drain: (dsn, jobs) => drain(dsn, jobs, 24, 500),
	one_by_one: (dsn, jobs) => drain(dsn, jobs, 2, 1),
	latency,
});
