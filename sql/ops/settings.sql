-- ops.settings: the rules of the node; api.setting_set changes them.
CREATE VIEW ops.settings AS
SELECT s.name, s.value, s.unit, s.help FROM core.setting s ORDER BY s.name;
COMMENT ON VIEW ops.settings IS 'rules of the whole fleet';
COMMENT ON COLUMN ops.settings.name IS 'what api.setting_set takes';
COMMENT ON COLUMN ops.settings.value IS 'JSON value';
COMMENT ON COLUMN ops.settings.unit IS 'unit of the value';
COMMENT ON COLUMN ops.settings.help IS 'what it rules';
