// pg-boss: fetch and complete in batches of 1,000 by four loops, as work() does
// but without its pause of half a second; latency with work() and LISTEN/NOTIFY.
import { PgBoss } from "pg-boss";
import { flood, main, now, paced, timed } from "./measure.js";

const QUEUE = "noop", RUNG = "rung";
const batch = (n) => Array.from({ length: n }, () => ({ data: {} }));

async function withBoss(dsn, fn, more = {}) {
	const boss = new PgBoss({ connectionString: dsn, max: 10, supervise: false, schedule: false, ...more });
	boss.on("error", (e) => { throw e; });
	await boss.start();
	try {
		return await fn(boss);
	} finally {
		await boss.stop({ graceful: false });
	}
}

const drain = (dsn, jobs, loops, batchSize) => withBoss(dsn, (b) => timed(async () => {
	let done = 0;
	const loop = async () => {
		for (;;) {
			const got = await b.fetch(QUEUE, { batchSize });
			if (!got || got.length === 0)
				return;
			await b.complete(QUEUE, got.map((j) => j.id));
			done += got.length;
		}
	};
	await Promise.all(Array.from({ length: loops }, loop));
	if (done < jobs)
		throw new Error(`drained ${done} of ${jobs}`);
	return done;
}));

const latency = (dsn, rate, seconds) => withBoss(dsn, async (b) => {
	const ms = [];
	await b.createQueue(RUNG, { notify: true });
	await b.work(RUNG, { batchSize: 1, pollingIntervalSeconds: 0.5, localConcurrency: 4 }, async ([job]) => { ms.push(now() - job.data.t); });
	await paced(rate, seconds, () => b.send(RUNG, { t: now() }));
	while (ms.length < rate * seconds)
		await new Promise((r) => setTimeout(r, 20));
	return { ms };
}, { useListenNotify: true });

await main({
	setup: (dsn) => withBoss(dsn, async (b) => { await b.createQueue(QUEUE); return {}; }),
	submit: (dsn, seconds) => withBoss(dsn, (b) => timed(() => flood(seconds, 4, 1, () => b.send(QUEUE, {})))),
	submit_many: (dsn, seconds) => withBoss(dsn, (b) => timed(() => flood(seconds, 2, 1000, () => b.insert(QUEUE, batch(1000))))),
	fill: (dsn, jobs) => withBoss(dsn, (b) => timed(async () => {
		for (let n = 0; n < jobs; n += 1000)
			await b.insert(QUEUE, batch(Math.min(1000, jobs - n)));
		return jobs;
	})),
	drain: (dsn, jobs) => drain(dsn, jobs, 4, 1000),
	one_by_one: (dsn, jobs) => drain(dsn, jobs, 2, 1),
	latency,
});
