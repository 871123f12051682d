// What the peers' programs share: each is called as  PEER.js DSN WHAT NUMBER...
// and prints one JSON line, {"jobs","seconds"} or {"ms":[...]}.

export const now = () => performance.timeOrigin + performance.now();

// timed: run fn, which answers how many jobs it moved.
export async function timed(fn) {
	const t0 = now();
	const jobs = await fn();
	return { jobs, seconds: (now() - t0) / 1000 };
}

// flood: call fn again and again, `wide` at a time, for so many seconds.
export async function flood(seconds, wide, perCall, fn) {
	const end = now() + seconds * 1000;
	let calls = 0;
	const lane = async () => {
		for (; now() < end; calls++)
			await fn();
	};
	await Promise.all(Array.from({ length: wide }, lane));
	return calls * perCall;
}

// paced: fn(k) at a steady rate; none waits for the one before.
export async function paced(rate, seconds, fn) {
	const t0 = now();
	const sent = [];
	for (let k = 0; k < rate * seconds; k++) {
		const wait = t0 + (k * 1000) / rate - now();
		if (wait > 0)
			await new Promise((r) => setTimeout(r, wait));
		sent.push(fn(k));
	}
	await Promise.all(sent);
}

export async function main(commands) {
	const [dsn, what, ...numbers] = process.argv.slice(2);
	console.log(JSON.stringify(await commands[what](dsn, ...numbers.map(Number))));
	process.exit(0);
}
