-- Every reason code (compute specification, 2.6): the line and the hint that a
-- consumer reads, whether the run of the lease is used, whether the node tries
-- again by itself, whether the same request may succeed later.
BEGIN;
\ir compute.psql
CREATE TEMP TABLE want (code text PRIMARY KEY, used text, retry boolean, resubmit boolean, outcome jsonb, error text, hint text);
INSERT INTO want VALUES
('NONZERO_EXIT', 'yes', false, false, '{"exit_code": 3}', 'exit code 3',
 'The script ended with a non-zero exit code: see stderr in the logs.'),
('EXCEPTION', 'yes', false, false, '{"exit_code": 1, "error": {"type": "ValueError", "line": 7, "message": "bad row"}}', 'ValueError at line 7 of your script: bad row',
 'The script raised an exception that it did not catch.'),
('SIGNALLED', 'yes', false, false, '{"signal": 11}', 'killed by signal 11',
 'A signal ended the script: usually a crash in native code.'),
('OOM', 'yes', false, true, '{"detail": {"memory_mb": 64}}', 'out of memory: limit 64 MB',
 'The script reached its memory limit: ask for more memory_mb, or hold less at once.'),
('TIMEOUT', 'yes', false, true, '{"detail": {"wall_s": 5}}', 'wall time of 5 s reached',
 'The script ran longer than wall_s: ask for more, or do less.'),
('DISK_FULL', 'yes', false, true, '{"detail": {"disk_mb": 32}}', 'disk limit of 32 MB reached',
 'Scratch space and output share disk_mb: ask for more, or write less.'),
('PIDS_LIMIT', 'yes', false, true, '{"detail": {"pids": 16}}', 'limit of 16 processes reached',
 'Processes and threads count together: ask for more pids, or start fewer.'),
('SYSCALL_DENIED', 'yes', false, false, '{"detail": {"syscall": "ptrace"}}', 'system call ptrace is not allowed',
 'Scripts have no network, no mounts and no tracing; use what the image has.'),
('OUTPUT_TOO_LARGE', 'yes', false, true, '{"detail": {"cap": "output_mb"}}', 'output is over the output_mb limit',
 'Ask for more of the limit named, or write less.'),
('OUTPUT_MISSING', 'yes', false, false, '{"detail": {"name": "result.csv", "near": "Result.csv, results.csv"}}', 'declared output result.csv is missing',
 'Nothing that the script left matches a name in outputs. Near: Result.csv, results.csv.'),
('INPUT_UNREADABLE', 'yes', false, false, '{"detail": {"variable": "features", "kind": "csv"}}', 'input features could not be read as csv',
 'The asset does not parse as its kind: ask its owner.'),
('OUTPUT_WITHHELD', 'yes', false, false, '{}', 'output withheld',
 'The owner of the data looked at the output and did not release it.'),
('QUARANTINED', 'yes', false, false, '{}', 'the job took its worker down three times',
 'Whatever the script does breaks the machine that runs it; it will not be tried again.'),
('CODE_UNAVAILABLE', 'no', false, true, '{"detail": {"why": "no answer"}}', 'the code could not be fetched: no answer',
 'Store the script at this node, or send it inline.'),
('CODE_MISMATCH', 'no', false, false, '{"detail": {"why": "block 2"}}', 'the code does not match its CID: block 2',
 'Blocks were served that do not hash to the CID.'),
('IMAGE_DENIED', 'no', false, false, '{}', 'the image is not allowed here',
 'Use one of the images that this node lists.'),
('IMAGE_UNAVAILABLE', 'no', true, true, '{}', 'the image is not available',
 'No worker has this image at the allowed digest at the moment.'),
('LEASE_REVOKED', 'started', false, false, '{}', 'the lease was revoked',
 'The owner of the data ended the lease.'),
('LEASE_EXPIRED', 'no', false, false, '{}', 'the lease has expired',
 'Ask the owner for a new lease.'),
('LEASE_USED_UP', 'no', false, false, '{}', 'the lease has no runs left',
 'Ask the owner for more runs.'),
('ASSET_REVOKED', 'started', false, false, '{}', 'an asset of this job was withdrawn',
 'The owner removed the data that this job reads.'),
('POLICY_DENIED', 'no', false, false, '{}', 'the owners policy does not admit this job',
 'The lease does not cover this job, or is disputed.'),
('APPROVAL_REJECTED', 'no', false, false, '{}', 'the owner rejected this job',
 'Ask the owner what to change.'),
('APPROVAL_EXPIRED', 'no', false, true, '{}', 'nobody approved this job in time',
 'Submit again, or ask the owner to look at it.'),
('BUDGET_EXCEEDED', 'no', false, false, '{}', 'the privacy budget is used up',
 'Nothing more may be learned from this data under this budget.'),
('QUEUE_EXPIRED', 'no', false, true, '{}', 'the job did not start within queue_ttl_s',
 'The node was busy: submit again, with a longer queue_ttl_s.'),
('WORKER_LOST', 'no', true, true, '{}', 'the worker was lost',
 'The machine that ran the job went away, after all attempts.'),
('SANDBOX_FAILED', 'no', true, true, '{}', 'no sandbox could be had',
 'The node could not make a container for the job, after all attempts.'),
('INTERNAL', 'no', true, true, '{}', 'internal error',
 'Our fault. Give the operator this computations id.'),
('CANCELLED', 'started', false, true, '{"by": "owner"}', 'cancelled by owner',
 'Somebody who may asked for the job to end.');
SELECT bag_eq('SELECT code FROM core.reason WHERE service = ''compute''', 'SELECT code FROM want', 'every code is looked at here, and each of these exists');

-- A computation that ends for this reason, begun or not: what its consumer reads, and whether its run is used.
CREATE FUNCTION pg_temp.ended(w want, p_begun boolean) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_id uuid := pg_temp.start();
  m core.computation;
  r jsonb;
BEGIN
  SELECT c.* INTO m FROM core.computation c WHERE c.public_id = v_id;
  DELETE FROM core.ready y WHERE y.id = m.job_id;
  PERFORM core.done_add(ARRAY[ROW(m.job_id, m.principal, 1, CASE w.code WHEN 'QUARANTINED' THEN 'dead' WHEN 'CANCELLED' THEN 'cancelled' ELSE 'failed' END,
    w.code, 1, 0, NULL, CASE WHEN p_begun THEN clock_timestamp() END, clock_timestamp(), w.outcome)::core.done]);
  SELECT a.body INTO r FROM pg_temp.result(v_id) a;
  RETURN jsonb_build_object('status', r -> 'status', 'code', r -> 'reason_code', 'error', r -> 'error', 'hint', r -> 'hint',
    'used', (SELECT n.used FROM core.run_note n WHERE n.job_id = m.job_id));
END $$;
UPDATE core.data_lease SET max_runs = 1000 WHERE lease_id = 'L';
SELECT is(pg_temp.ended(w, begun),
    jsonb_build_object('status', 'failed', 'code', w.code, 'error', w.error, 'hint', w.hint, 'used', w.used = 'yes' OR w.used = 'started' AND begun),
    w.code || CASE WHEN begun THEN ', begun' ELSE ', not begun' END)
  FROM want w, unnest(ARRAY[true, false]) begun ORDER BY w.code, begun;

-- what the node does, and what its readers may do
SELECT results_eq('SELECT code, used, retry, resubmit FROM want ORDER BY code', 'SELECT code, run_used, retry, resubmit FROM core.reason WHERE service = ''compute'' ORDER BY code', 'runs, retries, resubmits');
SELECT is((SELECT array_agg(w.code) FROM want w, core.public_error(w.code, NULL, NULL, false) e WHERE e.error ~ '[{}]' OR e.hint ~ '[{}]' OR e.error IS NULL OR e.hint IS NULL), NULL,
  'an outcome without details leaves no gap open');

-- where output waits for its owner, words that a script made stay with the owner
SELECT is((SELECT e.error FROM core.public_error('EXCEPTION', '{"error": {"type": "Salary52000", "line": 2, "message": "52000"}}', NULL, false) e),
  'Exception at line 2 of your script', 'no name of its own, no message');
SELECT is((SELECT e.hint FROM core.public_error('OUTPUT_MISSING', '{"detail": {"name": "a", "near": "52000"}}', NULL, false) e),
  'Nothing that the script left matches a name in outputs. Near: ?.', 'no names of files');
SELECT is((SELECT e.error FROM core.public_error('OUTPUT_WITHHELD', '{}', 'too few rows', false) e), 'output withheld: too few rows', 'the reviewer''s public reason');

SELECT * FROM finish();
ROLLBACK;
