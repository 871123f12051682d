// node prio3.mjs N: N reports of each type of VDAF-08 on stdout, one a line, as @divviup/prio3 makes and prepares them.
//
//	kind parameters verdict key nonce rand measurement public leader helper prep0 prep1 message out0 out1
//
// Parameters and measurements are numbers with commas, an empty field is "-", the rest is hexadecimal. The verdict is
// "good", or "bad" for a report of which one byte was changed after it was made and which the package refuses: its
// message and output shares are empty.
import { load } from "./packages.mjs";

const { Prio3Count, Prio3Sum, Prio3Histogram, Prio3SumVec } = await load("@divviup/prio3");
const { randomBytes } = await load("@divviup/common");
const bytes = (n) => Buffer.from(randomBytes(n));
const below = (n) => bytes(4).readUInt32LE() % n;
const EVERY = 8;		// one in so many is changed
const LONG = 4;			// and one sumVec in so many is long

const kinds = {
	count: () => ({ parameters: [], vdaf: new Prio3Count({ shares: 2 }), measurement: below(2) === 1 }),
	sum(i) {
		const bits = [1, 8, 30][i % 3];
		return { parameters: [bits], vdaf: new Prio3Sum({ shares: 2, bits }), measurement: below(2 ** bits) };
	},
	histogram(i) {
		const [length, chunkLength] = [[1, 1], [10, 3], [100, 10], [7, 7]][i % 4];
		return { parameters: [length, chunkLength], vdaf: new Prio3Histogram({ shares: 2, length, chunkLength }), measurement: below(length) };
	},
	sumvec(i) {
		const [length, bits, chunkLength] = i % LONG === 0 ? [2500, 1, 50] : [[1, 8, 3], [30, 2, 7], [100, 1, 10]][i % 3];
		return {
			parameters: [length, bits, chunkLength], vdaf: new Prio3SumVec({ shares: 2, length, bits, chunkLength }),
			measurement: Array.from({ length }, () => below(2 ** bits)),
		};
	},
};

// Changes one element of the leader's share; the report stays well formed.
function spoil(vdaf, report) {
	const at = report.inputShares[0], where = below(2) ? "proofsShare" : "measurementShare", field = vdaf.flp.field;
	const which = below(at[where].length);
	at[where][which] = field.add(at[where][which], 1n);
	at[where === "proofsShare" ? "wireProofShare" : "wireMeasurementShare"] = Buffer.from(field.encode(at[where]));
}

async function prepare(vdaf, key, nonce, report) {
	const parts = [...report.publicShare.jointRandParts];	// prepareInit writes into what it is given
	const states = await Promise.all([0, 1].map((i) => vdaf.prepareInit(key, i, null, nonce, { jointRandParts: [...parts] }, report.inputShares[i]))), shares = states.map((s) => s.preparationShare), said = { shares, message: null, out: [] };
	try {
		const message = await vdaf.unshardPreparationShares(null, shares);
		said.out = states.map((s) => vdaf.prepareNext(s.preparationState, message).outputShare);
		said.message = message;
	} catch (e) {
		if (e.message !== "Verify error")
			throw e;
	}
	return said;
}

const hex = (b) => b.length ? Buffer.from(b).toString("hex") : "-";

async function line(name, i) {
	const { parameters, vdaf, measurement } = kinds[name](i);
	const key = bytes(vdaf.verifyKeySize), nonce = bytes(16), rand = bytes(vdaf.randSize);
	const report = await vdaf.shard(measurement, nonce, rand), bad = i % EVERY === EVERY - 1;
	if (bad)
		spoil(vdaf, report);
	const public_ = vdaf.encodePublicShare(report.publicShare), input = report.inputShares.map((s) => vdaf.encodeInputShare(s));
	const said = await prepare(vdaf, key, nonce, report);
	if (bad !== (said.message === null))
		throw new Error(`${name} ${i}: the package did not judge as it must`);
	const message = bad ? "" : vdaf.encodePreparationMessage(said.message), field = vdaf.flp.field;
	return [name, parameters.join(",") || "-", bad ? "bad" : "good", hex(key), hex(nonce), hex(rand), [measurement].flat().map(Number).join(","),
		hex(public_), ...input.map(hex), ...said.shares.map((s) => hex(vdaf.encodePreparationShare(s))), hex(message),
		...(bad ? ["-", "-"] : said.out.map((o) => hex(field.encode(o))))].join(" ") + "\n";
}

for (let i = 0; i < Number(process.argv[2]); i++)
	for (const name of Object.keys(kinds))
		process.stdout.write(await line(name, i));
