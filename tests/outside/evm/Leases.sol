// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.0;

/// A lease contract with the interface that the adapter follows, in its short form (9 words).
contract Leases {
	struct Lease {
		address spender;
		address earner;
		bytes32 product;
		uint256 price;
		uint256 maxPrice;
		bool isApproved;
		bool isExecuted;
		bool isDisputed;
		uint256 createdAt;
	}

	mapping(bytes32 => Lease) private leases;

	event LeaseCreated(bytes32 indexed leaseId, address indexed spender, address indexed earner, uint256 price);
	event LeaseApproved(bytes32 indexed leaseId);
	event LeaseExecuted(bytes32 indexed leaseId);

	function createLease(bytes32 id, address earner, bytes32 product, uint256 price) external {
		require(leases[id].createdAt == 0, "there is one");
		leases[id] = Lease(msg.sender, earner, product, price, price, false, false, false, block.timestamp);
		emit LeaseCreated(id, msg.sender, earner, price);
	}

	function approveLease(bytes32 id) external {
		require(leases[id].earner == msg.sender, "not yours");
		leases[id].isApproved = true;
		emit LeaseApproved(id);
	}

	function executeLease(bytes32 id) external {
		require(leases[id].createdAt != 0, "none");
		leases[id].isExecuted = true;
		emit LeaseExecuted(id);
	}

	function leaseExists(bytes32 id) external view returns (bool) {
		return leases[id].createdAt != 0;
	}

	function getLease(bytes32 id) external view returns (Lease memory) {
		return leases[id];
	}
}
