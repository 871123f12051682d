// node speed.mjs ROUNDS: what @divviup/prio3 takes, in us of CPU time: one JSON line for each task and step, a number a round.
//
//	{"params", "what": shard | prepare leader | prepare helper, "us": [...]}
import { load } from "./packages.mjs";

const { Prio3Count, Prio3Histogram, Prio3SumVec } = await load("@divviup/prio3");
const { randomBytes } = await load("@divviup/common");
const bytes = (n) => Buffer.from(randomBytes(n));
const tasks = [
	["SumVec 2500 x 1, chunk 50", new Prio3SumVec({ shares: 2, length: 2500, bits: 1, chunkLength: 50 }), Array.from({ length: 2500 }, (_, i) => i % 2), 1],
	["Histogram 100, chunk 10", new Prio3Histogram({ shares: 2, length: 100, chunkLength: 10 }), 7, 8],
	["Count", new Prio3Count({ shares: 2 }), true, 32],
];

async function took(n, fn) {
	const t0 = process.cpuUsage();
	for (let i = 0; i < n; i++)
		await fn();
	const t = process.cpuUsage(t0);
	return (t.user + t.system) / n;
}

for (const [params, vdaf, measurement, n] of tasks) {
	const nonce = bytes(16), key = bytes(vdaf.verifyKeySize), us = { shard: [], "prepare leader": [], "prepare helper": [] };
	let report;
	for (let round = 0; round < Number(process.argv[2]) + 1; round++) {
		const one = {
			shard: await took(n, async () => { report = await vdaf.shard(measurement, nonce, bytes(vdaf.randSize)); }),
			"prepare leader": await took(n, () => vdaf.prepareInit(key, 0, null, nonce, report.publicShare, report.inputShares[0])),
			"prepare helper": await took(n, () => vdaf.prepareInit(key, 1, null, nonce, report.publicShare, report.inputShares[1])),
		};
		if (round > 0)		// the first one is the compiler's
			for (const what of Object.keys(us))
				us[what].push(one[what]);
	}
	for (const what of Object.keys(us))
		console.log(JSON.stringify({ params, what, us: us[what] }));
}
