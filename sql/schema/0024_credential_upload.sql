-- Uploads of tails and exports are bounded by tenant, as jobs are by principal.
INSERT INTO core.setting VALUES
  ('tenant_files_bytes', '21474836480', 'bytes', 'tails files, exports and uploads of a tenant, above which nothing more is uploaded');
