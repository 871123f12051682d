// node theirs.js make N: N cases on stdout as tweetnacl, bs58 and libsodium-wrappers make them.
// node theirs.js check: the cases of ours on stdin; how many are good and bad of each kind.
// A case is one line of JSON; ours.c has their form.
"use strict";
const crypto = require("crypto");
const readline = require("readline");
const sodium = require("libsodium-wrappers");
const nacl = require("tweetnacl");
const bs58 = require("bs58");

const hex = (b) => Buffer.from(b).toString("hex");
const bytes = (h) => new Uint8Array(Buffer.from(h, "hex"));
const b64 = (b) => sodium.to_base64(b, sodium.base64_variants.URLSAFE);
const unb64 = (s) => sodium.from_base64(s, s.endsWith("=") || s.length % 4 === 0 ? sodium.base64_variants.URLSAFE : sodium.base64_variants.URLSAFE_NO_PADDING);
const pair = (seed) => nacl.sign.keyPair.fromSeed(seed);
const x = (k) => ({ pub: sodium.crypto_sign_ed25519_pk_to_curve25519(k.publicKey), sec: sodium.crypto_sign_ed25519_sk_to_curve25519(k.secretKey) });

function pack(message, to, from) {
	const cek = sodium.randombytes_buf(32), iv = sodium.randombytes_buf(12);
	const recipients = to.map((k) => {
		const kid = bs58.encode(k.publicKey), pub = x(k).pub;
		if (!from)
			return { encrypted_key: b64(sodium.crypto_box_seal(cek, pub)), header: { kid } };
		const nonce = sodium.randombytes_buf(24);
		return { encrypted_key: b64(sodium.crypto_box_easy(cek, nonce, pub, x(from).sec)),
			header: { kid, sender: b64(sodium.crypto_box_seal(bs58.encode(from.publicKey), pub)), iv: b64(nonce) } };
	});
	const protectedText = b64(sodium.from_string(JSON.stringify({ enc: "xchacha20poly1305_ietf", typ: "JWM/1.0", alg: from ? "Authcrypt" : "Anoncrypt", recipients })));
	const out = sodium.crypto_aead_chacha20poly1305_ietf_encrypt_detached(message, protectedText, null, iv, cek);
	return { protected: protectedText, iv: b64(iv), ciphertext: b64(out.ciphertext), tag: b64(out.mac) };
}

function unpack(envelope, key) {
	const head = JSON.parse(sodium.to_string(unb64(envelope.protected)));
	const mine = head.recipients.find((r) => r.header.kid === bs58.encode(key.publicKey));
	const { pub, sec } = x(key);
	let sender = "", cek;
	if (head.alg === "Authcrypt") {
		sender = sodium.to_string(sodium.crypto_box_seal_open(unb64(mine.header.sender), pub, sec));
		const from = sodium.crypto_sign_ed25519_pk_to_curve25519(bs58.decode(sender));
		cek = sodium.crypto_box_open_easy(unb64(mine.encrypted_key), unb64(mine.header.iv), from, sec);
	} else {
		cek = sodium.crypto_box_seal_open(unb64(mine.encrypted_key), pub, sec);
	}
	const message = sodium.crypto_aead_chacha20poly1305_ietf_decrypt_detached(null, unb64(envelope.ciphertext), unb64(envelope.tag), envelope.protected, unb64(envelope.iv), cek);
	return { message: hex(message), sender };
}

function did(seed, message) {
	const k = pair(seed), pub = k.publicKey;
	return { did: bs58.encode(pub.slice(0, 16)), verkey: bs58.encode(pub), abbreviated: "~" + bs58.encode(pub.slice(16)),
		signkey: bs58.encode(k.secretKey), signature: hex(nacl.sign.detached(message, k.secretKey)) };
}

const random = (n) => new Uint8Array(crypto.randomBytes(n));
const kinds = {
	did() {
		const seed = random(32), message = random(crypto.randomInt(200));
		return { seed: hex(seed), message: hex(message), ...did(seed, message) };
	},
	packed(auth) {
		const seeds = Array.from({ length: 1 + crypto.randomInt(4) }, () => random(32)), from = random(32);
		const message = random(crypto.randomInt(300)), i = crypto.randomInt(seeds.length);
		return { envelope: pack(message, seeds.map(pair), auth && pair(from)), index: i, seed: hex(seeds[i]), message: hex(message),
			sender: auth ? bs58.encode(pair(from).publicKey) : "" };
	},
};
const made = { did: () => kinds.did(), auth: () => kinds.packed(true), anon: () => kinds.packed(false) };

function good(c) {
	if (c.kind === "did") {
		const want = did(bytes(c.seed), bytes(c.message));
		return Object.keys(want).every((k) => want[k] === c[k]);
	}
	const got = unpack(c.envelope, pair(bytes(c.seed)));
	return got.message === c.message && got.sender === c.sender;
}

async function check() {
	const count = {};
	for await (const line of readline.createInterface({ input: process.stdin })) {
		const c = JSON.parse(line), of = (count[c.kind] ??= [0, 0]);
		let is = false;
		try { is = good(c); } catch (e) { process.stderr.write(`${c.kind}: ${e}\n`); }
		of[is ? 0 : 1]++;
	}
	for (const [kind, [yes, no]] of Object.entries(count))
		console.log(kind, yes, no);
}

sodium.ready.then(async () => {
	if (process.argv[2] === "check")
		return check();
	const names = Object.keys(made);
	for (let i = 0; i < Number(process.argv[3]); i++) {
		const kind = names[i % names.length];
		process.stdout.write(JSON.stringify({ kind, ...made[kind]() }) + "\n");
	}
});
