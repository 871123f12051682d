// node.js Leases.sol: compile the contract, start a chain, deploy it; then one JSON line a
// command from standard input: {"do": "call", "name", "args", "from"}, {"do": "mine", "n"},
// {"do": "snapshot"}, {"do": "revert", "id"} -> {"ok": ...}.
"use strict";
const fs = require("fs");
const readline = require("readline");
const solc = require("solc");
const ganache = require("ganache");

const out = JSON.parse(solc.compile(JSON.stringify({
	language: "Solidity", sources: { "Leases.sol": { content: fs.readFileSync(process.argv[2], "utf8") } },
	settings: { evmVersion: "london", outputSelection: { "*": { "*": ["evm.bytecode.object", "evm.methodIdentifiers"] } } },
})));
const contract = out.contracts["Leases.sol"].Leases;

const methods = Object.fromEntries(Object.entries(contract.evm.methodIdentifiers).map(([k, v]) => [k.split("(")[0], v]));
const words = args => args.map(a => a.replace(/^0x/, "").padStart(64, "0")).join("");

async function main() {
	const server = ganache.server({ chain: { chainId: 31337, hardfork: "london" }, wallet: { deterministic: true, totalAccounts: 4 },
		miner: { blockTime: 0, instamine: "eager" }, logging: { quiet: true } });
	await server.listen(0, "127.0.0.1");
	const p = server.provider;
	const accounts = await p.request({ method: "eth_accounts", params: [] });
	const send = async tx => {
		const hash = await p.request({ method: "eth_sendTransaction", params: [{ gas: "0x5b8d80", ...tx }] });
		return p.request({ method: "eth_getTransactionReceipt", params: [hash] });
	};
	const address = (await send({ from: accounts[0], data: "0x" + contract.evm.bytecode.object })).contractAddress;
	const does = {
		call: async c => (await send({ from: accounts[c.from], to: address,
			data: "0x" + methods[c.name] + words(c.args) })).status,
		mine: async c => p.request({ method: "evm_mine", params: [{ blocks: c.n }] }),
		snapshot: async () => p.request({ method: "evm_snapshot", params: [] }),
		revert: async c => p.request({ method: "evm_revert", params: [c.id] }),
		head: async () => parseInt(await p.request({ method: "eth_blockNumber", params: [] }), 16),
	};
	console.log(JSON.stringify({ ok: { port: server.address().port, accounts, address, selectors: contract.evm.methodIdentifiers } }));
	for await (const line of readline.createInterface({ input: process.stdin })) {
		const c = JSON.parse(line);
		try {
			console.log(JSON.stringify({ ok: await does[c.do](c) }));
		} catch (e) {
			console.log(JSON.stringify({ error: String(e.message) }));
		}
	}
	await server.close();
	process.exit(0);
}
main().catch(e => { console.error(e); process.exit(1); });
