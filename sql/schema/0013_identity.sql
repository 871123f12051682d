-- Second names of keys, proofs of wallet addresses, and how a dispute ends.

-- The first SDK names an RSA key by another hash than libp2p does; the front asks
-- for the key by either and calls by peer_id.
ALTER TABLE core.principal_key
  ADD COLUMN alias text UNIQUE CHECK (alias IS NULL OR alg = 'rsa');

-- What a wallet is asked to sign.  A crash empties it: then a client asks again.
CREATE UNLOGGED TABLE core.challenge (
  nonce      text PRIMARY KEY,          -- 64 hex digits, made by the front
  address    text NOT NULL,
  principal  int,                       -- who asked; NULL: nobody in particular
  message    text NOT NULL,             -- as it was shown: what must be signed
  expires_at timestamptz NOT NULL,
  used_by    text,                      -- request that answered it: it works once
  valid      boolean                    -- and what that came to
);
CREATE INDEX challenge_expires ON core.challenge (expires_at);
CREATE INDEX principal_address_principal ON core.principal_address (principal);

ALTER TABLE core.dispute
  ADD COLUMN closed_by int REFERENCES core.principal,
  ADD COLUMN note text;                 -- of who closed it, for the other side
-- One open dispute for each who raises any.
CREATE UNIQUE INDEX dispute_raised ON core.dispute (serial, raised_by) WHERE state = 'pending';

-- Operators close disputes; what else the scope opens is the owner's alone.
UPDATE core.scope SET roles = '{owner,operator}', help = 'grant, approve, reject and revoke leases; close disputes'
 WHERE name = 'lease:grant';

INSERT INTO core.setting VALUES
  ('challenge_s',      '300',        's',     'a wallet may answer a challenge for this long');
