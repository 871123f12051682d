// node theirs.js N: N cases on stdout, one a line, as mcl computes them; see ours.c for their form.
// Points of the twist to judge come in on stdin, four coordinates a line.
"use strict";
const fs = require("fs");
const mcl = require("mcl-wasm");

const numbers = (x) => x.getStr(16).split(" ").slice(x instanceof mcl.GT ? 0 : 1).join(" ");
const affine = (p) => { p.normalize(); return p; };
const scalar = () => { const k = new mcl.Fr(); k.setByCSPRNG(); return k; };
let seed = 0;
const point1 = () => affine(mcl.hashAndMapToG1("darkroom " + process.pid + " " + seed++));
const point2 = () => affine(mcl.hashAndMapToG2("darkroom " + process.pid + " " + seed++));

const kinds = {
	pair() {
		const p = point1(), q = point2();
		return [numbers(p), numbers(q), numbers(mcl.pairing(p, q))];
	},
	bilinear() {
		const p = point1(), q = point2(), a = scalar(), b = scalar();
		return [a.getStr(16), b.getStr(16), numbers(p), numbers(q), numbers(mcl.pairing(mcl.mul(p, a), mcl.mul(q, b)))];
	},
	product() {
		const n = 1 + seed % 5, terms = [];
		let f = null;
		for (let i = 0; i < n; i++) {
			const p = point1(), q = point2(), one = mcl.millerLoop(p, q);
			terms.push(numbers(p), numbers(q));
			f = f === null ? one : mcl.mul(f, one);
		}
		return [n, ...terms, numbers(mcl.finalExp(f))];
	},
	mul1() {
		const p = point1(), q = point1(), a = scalar(), b = scalar();
		return [a.getStr(16), b.getStr(16), numbers(p), numbers(q), numbers(affine(mcl.add(mcl.mul(p, a), mcl.mul(q, b))))];
	},
	mul2() {
		const p = point2(), q = point2(), a = scalar(), b = scalar();
		return [a.getStr(16), b.getStr(16), numbers(p), numbers(q), numbers(affine(mcl.add(mcl.mul(p, a), mcl.mul(q, b))))];
	},
	pow() {
		const e = mcl.pairing(point1(), point2()), k = scalar();
		return [k.getStr(16), numbers(e), numbers(mcl.pow(e, k))];
	},
	torsion(twist) {
		const q = new mcl.G2();
		mcl.verifyOrderG2(false);
		q.setStr("1 " + twist, 16);
		return [twist, q.isValidOrder() ? 1 : 0];
	},
};

async function main() {
	const n = Number(process.argv[2]), twist = fs.readFileSync(0, "latin1").trim().split("\n");
	await mcl.init(mcl.BN254);
	const names = Object.keys(kinds);
	for (let i = 0; i < n; i++) {
		const name = names[i % names.length];
		process.stdout.write(name + " " + kinds[name](twist[i % twist.length]).join(" ") + "\n");
	}
}
main();
